import { Empty } from '../parts/empty.js';
import { useTitle } from '../parts/title.js';
import { hrefOf } from '../state/router.js';
import { texts } from '../texts.js';

export function NotFoundPage() {
  useTitle(texts.notFound.title);
  return (
    <Empty isPage icon="search" title={texts.notFound.title} help={texts.notFound.help}>
      <a class="button" href={hrefOf.users()}>
        {texts.notFound.link}
      </a>
    </Empty>
  );
}

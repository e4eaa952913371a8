import type { Page } from 'playwright-core';

interface AXValue {
  readonly value?: unknown;
}

interface AXNode {
  readonly nodeId: string;
  readonly ignored?: boolean;
  readonly role?: AXValue;
  readonly name?: AXValue;
  readonly description?: AXValue;
  readonly properties?: readonly { readonly name: string; readonly value: AXValue }[];
  readonly childIds?: readonly string[];
}

interface Tree {
  readonly nodes: readonly AXNode[];
  childrenOf(node: AXNode): readonly AXNode[];
}

async function treeOf(page: Page): Promise<Tree> {
  const devTools = await page.context().newCDPSession(page);
  const { nodes } = (await devTools.send('Accessibility.getFullAXTree')) as { readonly nodes: readonly AXNode[] };
  await devTools.detach();
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  return { nodes, childrenOf: ({ childIds = [] }) => childIds.flatMap((id) => byId.get(id) ?? []) };
}

const roleOf = ({ role }: AXNode) => String(role?.value ?? '');
const nameOf = ({ name }: AXNode) => String(name?.value ?? '').trim();

/** Roles that a screen reader says nothing of by themselves. */
const silent = new Set(['none', 'generic', 'InlineTextBox', 'RootWebArea', 'LabelText', 'LineBreak', 'ListMarker']);
/** Of these the words are those of their names. */
const whole = new Set([
  'button',
  'link',
  'checkbox',
  'heading',
  'MenuListPopup',
  'textbox',
  'searchbox',
  'columnheader',
]);
const states = [
  'busy',
  'checked',
  'disabled',
  'expanded',
  'focused',
  'invalid',
  'modal',
  'pressed',
  'required',
  'live',
];

/**
 * What a screen reader finds, top to bottom: a line for each thing with its role, name, states and description,
 * indented by what it is in. Tables are lines of their own, of which {@link tableAsRead} says more.
 */
export async function pageAsRead(page: Page): Promise<readonly string[]> {
  const tree = await treeOf(page);
  const [root] = tree.nodes;
  const lines: string[] = [];
  const walk = (node: AXNode, depth: number) => {
    const role = roleOf(node);
    const isSaid = node.ignored !== true && !silent.has(role) && (role !== 'StaticText' || nameOf(node) !== '');
    if (isSaid) lines.push(`${'  '.repeat(depth)}${lineOf(node)}`);
    if (whole.has(role) || role === 'StaticText' || role === 'combobox' || role === 'table') return;
    for (const child of tree.childrenOf(node)) walk(child, isSaid ? depth + 1 : depth);
  };
  if (root !== undefined) walk(root, 0);
  return lines;
}

function lineOf(node: AXNode): string {
  const role = roleOf(node);
  if (role === 'StaticText') return nameOf(node);
  const said = (node.properties ?? [])
    .filter(
      ({ name, value }) => states.includes(name) && ![false, 'false', 'off', undefined].includes(value.value as string),
    )
    .map(({ name, value }) => (value.value === true || value.value === 'true' ? name : `${name} ${value.value}`));
  const description = String(node.description?.value ?? '').trim();
  return [
    `${role}${nameOf(node) === '' ? '' : `: ${nameOf(node)}`}`,
    ...said,
    ...(description === '' ? [] : [`(${description})`]),
  ].join(' ');
}

/** The table as the accessibility tree of the browser has it: its name, and a line for each row. */
export async function tableAsRead(page: Page): Promise<readonly string[]> {
  const { nodes, childrenOf } = await treeOf(page);
  const within = (node: AXNode, roles: readonly string[]): readonly AXNode[] =>
    childrenOf(node).flatMap((child) => (roles.includes(roleOf(child)) ? [child] : within(child, roles)));
  const spoken = (node: AXNode): string => {
    const role = roleOf(node);
    if (role === 'StaticText') return nameOf(node);
    const isControl = ['button', 'checkbox', 'link'].includes(role);
    if (isControl) return `[${role} ${nameOf(node)}]`;
    return childrenOf(node).map(spoken).filter(Boolean).join(' ');
  };
  const [table] = nodes.filter((node) => roleOf(node) === 'table');
  if (table === undefined) throw new Error('There is no table');
  const cells = ['cell', 'gridcell', 'rowheader', 'columnheader'];
  const rows = within(table, ['row']).map((row) =>
    within(row, cells)
      .map((cell) => `${roleOf(cell)}: ${spoken(cell)}`)
      .join(' | '),
  );
  return [`table: ${nameOf(table)}`, ...rows];
}

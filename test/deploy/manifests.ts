import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { root } from '../support/pages.js';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
}

/** What the compiler finds in the manifests, as literals of Kubernetes' published types: to check those takes long. */
export function faultsOf(manifests: readonly Manifest[]): readonly string[] {
  const text = manifests.map((manifest, index) => {
    const { apiVersion, kind } = manifest;
    const module = apiVersion.includes('/') ? apiVersion.replace(/\.k8s\.io/, '') : 'core/v1';
    return `import type { ${kind} as T${index} } from 'kubernetes-types/${module}';\nexport const m${index}: T${index} = ${JSON.stringify(manifest)};\n`;
  });
  const name = fileURLToPath(new URL('test/deploy/some-manifests.ts', root));
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    types: [],
    lib: ['lib.es2022.d.ts'],
    skipLibCheck: true,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => path === name || fileExists(path);
  host.getSourceFile = (path, ...rest) =>
    path === name
      ? ts.createSourceFile(path, text.join(''), ts.ScriptTarget.ES2022)
      : getSourceFile.call(host, path, ...rest);
  return ts
    .getPreEmitDiagnostics(ts.createProgram([name], options, host))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

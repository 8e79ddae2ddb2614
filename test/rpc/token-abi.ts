/** What these stories use of the token contract, in the form that ethers and viem both parse. */
export const TOKEN_ABI = [
  "function name() view returns (string)",
  "function symbol() view returns (string)",
  "function balanceOf(address account) view returns (uint256)",
  "function transfer(address to, uint256 value) returns (bool)",
  "function mint(address to, uint256 amount)",
  "event Transfer(address indexed from, address indexed to, uint256 value)",
  "error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)",
  "error AccessControlUnauthorizedAccount(address account, bytes32 neededRole)",
] as const;

/** Base units of a whole number of GETS. */
export function gets(whole: number): bigint {
  return BigInt(whole) * 10n ** 18n;
}

/** What an explorer asks of any ERC-721 contract. */
export const BADGE_ABI = [
  "function supportsInterface(bytes4 interfaceId) view returns (bool)",
  "function name() view returns (string)",
  "function ownerOf(uint256 tokenId) view returns (address)",
  "function tokenURI(uint256 tokenId) view returns (string)",
  "event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)",
] as const;

/** ERC-165 identifier of ERC-721's metadata extension. */
export const ERC721_METADATA = "0x5b5e139f";

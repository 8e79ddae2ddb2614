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

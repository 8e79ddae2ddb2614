// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IERC5192} from "../interfaces/IERC5192.sol";

/**
 * @title ERC-721 tokens that stay with the account they were minted to
 * @dev Every token is locked for its whole life ({IERC5192}): it is never transferred, burned or approved.
 * The guard sits in {_update}, the one function that all movements share, so no other extension can open a way around
 * it.
 */
abstract contract ERC721Soulbound is IERC5192, ERC721 {
    /// @dev The token exists and is locked: it can be neither moved, nor burned, nor approved.
    error TokenLocked(uint256 tokenId);

    /// @dev Approvals for all tokens have no meaning here and are refused, withdrawals included.
    error ApprovalForAllDisabled(address operator);

    /**
     * @inheritdoc IERC5192
     * @dev Requirements:
     *
     * - `tokenId` exists.
     */
    function locked(uint256 tokenId) public view virtual returns (bool) {
        _requireOwned(tokenId);
        return true;
    }

    /// @dev Refused: an approval would promise a transfer that cannot happen. Requires that `tokenId` exists.
    function approve(address, uint256 tokenId) public virtual override {
        _requireOwned(tokenId);
        revert TokenLocked(tokenId);
    }

    /// @dev Refused, see {approve}.
    function setApprovalForAll(address operator, bool) public virtual override {
        revert ApprovalForAllDisabled(operator);
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) public view virtual override returns (bool) {
        return interfaceId == type(IERC5192).interfaceId || super.supportsInterface(interfaceId);
    }

    /**
     * @dev Lets mints through, announces them as locked, and refuses whatever touches an existing token.
     *
     * Emits {Locked}.
     */
    function _update(address to, uint256 tokenId, address auth) internal virtual override returns (address) {
        if (_ownerOf(tokenId) != address(0)) revert TokenLocked(tokenId);
        address from = super._update(to, tokenId, auth);
        emit Locked(tokenId);
        return from;
    }
}

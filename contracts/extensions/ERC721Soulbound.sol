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
 *
 * An owner is written once, so the owner of a token shares a storage slot with 96 bits that the contract notes about the
 * token. {_update} therefore replaces the one of {ERC721} instead of extending it, as {ERC721-_ownerOf} provides for.
 */
abstract contract ERC721Soulbound is IERC5192, ERC721 {
    struct Holding {
        address owner;
        uint96 note;
    }

    mapping(uint256 tokenId => Holding) private _holdings;

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

    /// @dev What the contract noted about `tokenId`, zero at first. Requires that it exists.
    function _noteOf(uint256 tokenId) internal view returns (uint96) {
        _requireOwned(tokenId);
        return _holdings[tokenId].note;
    }

    /// @dev Replaces the note about `tokenId`. Requires that it exists.
    function _setNote(uint256 tokenId, uint96 note) internal {
        _requireOwned(tokenId);
        _holdings[tokenId].note = note;
    }

    /// @inheritdoc ERC721
    function _ownerOf(uint256 tokenId) internal view virtual override returns (address) {
        return _holdings[tokenId].owner;
    }

    /**
     * @dev Lets mints through, announces them as locked, and refuses whatever touches an existing token.
     *
     * Emits {Transfer} and {Locked}.
     */
    function _update(address to, uint256 tokenId, address auth) internal virtual override returns (address) {
        if (_ownerOf(tokenId) != address(0)) revert TokenLocked(tokenId);
        // Only a mint names a receiver and no caller; a transfer or a burn has no token to move.
        if (to == address(0) || auth != address(0)) revert ERC721NonexistentToken(tokenId);
        _holdings[tokenId].owner = to;
        _increaseBalance(to, 1);
        emit Transfer(address(0), to, tokenId);
        emit Locked(tokenId);
        return address(0);
    }
}

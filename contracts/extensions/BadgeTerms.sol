// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/**
 * @title What a badge says and pays
 * @dev Every token of a badge shares its title and its reward, so they are stored once, with the first token; a token
 * keeps their number. They are found by their content: tokens with equal terms share one entry, and terms never change,
 * so what a token shows cannot be edited after its claim.
 *
 * The number is the end of the content's hash, or the next one that is free. An entry keeps the beginning of the hash
 * beside the reward, so one storage slot tells whether terms are known.
 */
abstract contract BadgeTerms {
    struct Terms {
        /// Zero when there is no entry.
        uint128 fingerprint;
        /// Base units of GETS.
        uint128 reward;
        /// UTF-8, of any length and with any characters.
        string title;
    }

    mapping(uint32 number => Terms) private _terms;

    /// @dev The number of these terms. Stores them when they are new.
    function _numberOf(string calldata title, uint256 reward) internal returns (uint32 number) {
        uint256 digest = uint256(keccak256(abi.encode(title, reward)));
        uint128 fingerprint = uint128(digest >> 128) | 1;
        number = uint32(digest);
        while (_terms[number].fingerprint != fingerprint) {
            if (_terms[number].fingerprint == 0) {
                _terms[number] = Terms(fingerprint, SafeCast.toUint128(reward), title);
                return number;
            }
            unchecked {
                ++number;
            }
        }
    }

    /// @dev The terms that {_numberOf} gave this number.
    function _termsOf(uint32 number) internal view returns (Terms memory) {
        return _terms[number];
    }
}

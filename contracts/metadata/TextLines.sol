// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bytes} from "@openzeppelin/contracts/utils/Bytes.sol";

/**
 * @title Text in lines of a given width
 * @dev A contract has no fonts, so widths are estimates in tenths of the font size, on the wide side. Lines break at
 * spaces, and within a word only if it is longer than a line; never within a character of UTF-8.
 */
library TextLines {
    /// @dev A bit for each: space ! ' ( ) , . : ; I i j l |
    uint256 private constant NARROW =
        (1 << 0x20) | (1 << 0x21) | (0x7 << 0x27) | (1 << 0x2c) | (1 << 0x2e) | (0x3 << 0x3a) | (1 << 0x49) |
            (0x3 << 0x69) | (1 << 0x6c) | (1 << 0x7c);

    /// @dev A bit for each: % @ M W m w
    uint256 private constant WIDE =
        (1 << 0x25) | (1 << 0x40) | (1 << 0x4d) | (1 << 0x57) | (1 << 0x6d) | (1 << 0x77);

    /// @dev The estimated widths of all of `text` in one line, and of its longest word.
    function measure(string memory text) internal pure returns (uint256 total, uint256 longest) {
        bytes memory input = bytes(text);
        uint256 word = 0;
        for (uint256 i = 0; i < input.length; ) {
            (uint256 size, uint256 width) = _character(input[i]);
            total += width;
            word = input[i] == 0x20 ? 0 : word + width;
            if (word > longest) longest = word;
            i += size;
        }
    }

    /// @dev The lines of `text`, each at most `limit` wide unless it is a single character.
    function wrap(string memory text, uint256 limit) internal pure returns (string[] memory lines) {
        bytes memory input = bytes(text);
        lines = new string[](input.length + 1);
        uint256 count = 0;
        uint256 start = 0;
        uint256 lineWidth = 0;
        // The last space in this line, if it is beyond `start`, and the width up to its end.
        uint256 space = 0;
        uint256 spaceWidth = 0;
        for (uint256 i = 0; i < input.length; ) {
            (uint256 size, uint256 width) = _character(input[i]);
            bool isSpace = input[i] == 0x20;
            if (lineWidth + width <= limit || i == start) {
                lineWidth += width;
                if (isSpace) (space, spaceWidth) = (i, lineWidth);
                i += size;
            } else if (isSpace) {
                lines[count++] = _slice(input, start, i);
                (start, lineWidth) = (++i, 0);
            } else if (space > start) {
                lines[count++] = _slice(input, start, space);
                (start, lineWidth) = (space + 1, lineWidth - spaceWidth);
            } else {
                lines[count++] = _slice(input, start, i);
                (start, lineWidth) = (i, 0);
            }
        }
        lines[count++] = _slice(input, start, input.length);
        assembly ("memory-safe") {
            mstore(lines, count)
        }
    }

    /// @dev How many bytes a character has that begins with `lead`, and how wide it is.
    function _character(bytes1 lead) private pure returns (uint256 size, uint256 width) {
        if (lead < 0x20) return (1, 11);
        if (lead < 0x80) {
            uint256 bit = 1 << uint8(lead);
            if (bit & NARROW != 0) return (1, 4);
            if (bit & WIDE != 0) return (1, 10);
            return (1, lead > 0x40 && lead < 0x5b ? 8 : 6);
        }
        // A byte that cannot begin a character counts as one.
        if (lead < 0xc0) return (1, 6);
        if (lead < 0xe0) return (2, 8);
        return lead < 0xf0 ? (3, 11) : (4, 14);
    }

    /// @dev A character that the text cuts short ends where the text does.
    function _slice(bytes memory input, uint256 start, uint256 end) private pure returns (string memory) {
        return string(Bytes.slice(input, start, end));
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/**
 * @title Any text as character data of XML 1.0
 * @dev For what OpenZeppelin's `Strings.escapeJSON` is for JSON. Works on UTF-8, byte by byte.
 */
library XmlText {
    /**
     * @dev `text` with its markup escaped, for an element or a quoted attribute. A tab or line break becomes a space;
     * what XML cannot hold (the other control characters, U+FFFE, U+FFFF) becomes the replacement character U+FFFD.
     */
    function escape(string memory text) internal pure returns (string memory) {
        bytes memory input = bytes(text);
        bytes memory output = new bytes(input.length * 6);
        uint256 length = 0;
        for (uint256 i = 0; i < input.length; ++i) {
            bytes1 char = input[i];
            // U+FFFE and U+FFFF end in a byte that only they have after 0xef 0xbf.
            bool noncharacter = char >= 0xbe && i > 1 && input[i - 1] == 0xbf && input[i - 2] == 0xef;
            bytes memory written = noncharacter ? bytes(hex"bd") : _replacement(char);
            if (written.length == 0) output[length++] = char;
            for (uint256 j = 0; j < written.length; ++j) output[length++] = written[j];
        }
        assembly ("memory-safe") {
            mstore(output, length)
        }
        return string(output);
    }

    /// @dev What stands for `char`; empty for `char` itself.
    function _replacement(bytes1 char) private pure returns (bytes memory) {
        if (char == "&") return "&amp;";
        if (char == "<") return "&lt;";
        if (char == ">") return "&gt;";
        if (char == '"') return "&quot;";
        if (char == "'") return "&apos;";
        if (char == 0x09 || char == 0x0a || char == 0x0d) return " ";
        return char < 0x20 ? bytes(hex"efbfbd") : bytes("");
    }
}

import StrictJSON

/// Checks a text while it arrives, so that malformed UTF-8 is found at its first wrong byte.
enum UTF8Progress {
    /// How many bytes at the start are whole characters. Nil if the bytes are not the start of a valid text, whatever
    /// follows them.
    static func wholeCharacters(_ bytes: UnsafeRawBufferPointer) -> Int? {
        let whole = bytes.count - unfinished(bytes)
        return UTF8Check.isValid(UnsafeRawBufferPointer(rebasing: bytes[..<whole])) ? whole : nil
    }

    /// How many bytes at the end, at most three, are the start of a character.
    private static func unfinished(_ bytes: UnsafeRawBufferPointer) -> Int {
        for count in 1...3 where count <= bytes.count {
            let start = bytes.count - count
            let lead = bytes[start]
            // A continuation byte; its lead byte is before it.
            if lead & 0xC0 == 0x80 { continue }
            let seconds: ClosedRange<UInt8>
            let length: Int
            switch lead {
            case 0xC2...0xDF: (length, seconds) = (2, 0x80...0xBF)
            case 0xE0: (length, seconds) = (3, 0xA0...0xBF)
            case 0xED: (length, seconds) = (3, 0x80...0x9F)
            case 0xE1...0xEF: (length, seconds) = (3, 0x80...0xBF)
            case 0xF0: (length, seconds) = (4, 0x90...0xBF)
            case 0xF1...0xF3: (length, seconds) = (4, 0x80...0xBF)
            case 0xF4: (length, seconds) = (4, 0x80...0x8F)
            default: return 0
            }
            // If there is a third byte, the loop has seen that it is a continuation byte.
            return count < length && (count < 2 || seconds.contains(bytes[start + 1])) ? count : 0
        }
        return 0
    }
}

/// The state of a window that a client says it has: `<epoch>:<version>`.
package struct ResumePoint: Hashable, Sendable {
    /// The epoch, 1 to 32 of `[a-z0-9]`.
    package var epoch: String
    /// The version within the epoch, from 0.
    package var version: Int64

    /// Names a state.
    package init(epoch: String, version: Int64) {
        self.epoch = epoch
        self.version = version
    }

    /// Reads the text form. Returns nil if it is malformed.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2, (1...32).contains(parts[0].count), (1...19).contains(parts[1].count),
            parts[0].allSatisfy(Self.isEpochByte), parts[1].allSatisfy(Self.isDigit),
            let version = Int64(Substring(parts[1]))
        else { return nil }
        self.init(epoch: String(Substring(parts[0])), version: version)
    }

    /// The sentence about a malformed one.
    static let form = "must be <epoch>:<version>, as in a message"

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isEpochByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
}

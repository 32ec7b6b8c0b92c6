/// An error reply: a code word for programs, and a sentence for people.
public struct RESPError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The first word: `ERR`, `WRONGTYPE`, `LOADING`, `OOM`, `NOSCRIPT`, `READONLY`, …
    public let code: String
    /// The text after the code word.
    public let message: String

    /// Makes an error of its two parts.
    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    /// Takes an error line apart at its first space.
    /// - Parameter line: the reply without `-` and without the line break.
    public init(line: some Collection<UInt8>) {
        let space = line.firstIndex(of: UInt8(ascii: " ")) ?? line.endIndex
        self.code = String(decoding: line[..<space], as: UTF8.self)
        self.message = String(decoding: line[space...].dropFirst(), as: UTF8.self)
    }

    /// The line as Redis sent it.
    public var description: String {
        message.isEmpty ? code : "\(code) \(message)"
    }
}

/// The arguments of the command line.
struct Arguments {
    var host = "127.0.0.1"
    var port = 9001
    var messageBytesMax = 16 * 1024 * 1024
    /// The most that `--max-message` can be.
    private static let messageBytesLimit = 1 << 30

    /// Returns nil if a word is unknown, or a value is missing or out of bounds.
    init?(_ words: ArraySlice<String>) {
        var words = words
        while let name = words.popFirst() {
            guard let value = words.popFirst() else { return nil }
            switch (name, Int(value)) {
            case ("--host", _): host = value
            case ("--port", let number?) where (0...65535).contains(number): port = number
            case ("--max-message", let number?) where (125...Self.messageBytesLimit).contains(number):
                messageBytesMax = number
            default: return nil
            }
        }
    }
}

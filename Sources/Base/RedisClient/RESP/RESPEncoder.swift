import NIOCore

/// Appends commands to a buffer: RESP arrays of bulk strings, the only form in which Redis takes commands reliably.
///
/// ```swift
/// client.send({ $0.begin(argumentCount: 3); $0.append("SET"); $0.append(key); $0.append(42) }) { result in … }
/// ```
///
/// `begin` says how many arguments follow, the command's name included. A command with more or fewer is refused
/// with `.invalidCommand` before anything is sent, since Redis would take the next command's bytes for the rest.
public struct RESPEncoder: Sendable {
    /// The bytes so far.
    private(set) var buffer: ByteBuffer
    /// Commands begun since the last `takeCommandCount`.
    private var commandCount = 0
    /// Arguments that the last `begin` still owes. Below zero when there were too many.
    private var owed = 0
    /// Whether some command before the last one was left unfinished.
    private var broken = false

    /// Makes an encoder with its own buffer.
    public init(capacity: Int = 256) {
        buffer = ByteBuffer()
        buffer.reserveCapacity(capacity)
    }

    /// Begins a command.
    /// - Parameter argumentCount: how many `append`s follow, the command's name included.
    public mutating func begin(argumentCount: Int) {
        // An empty array is not a command: Redis would ignore it and send no reply.
        if owed != 0 || argumentCount < 1 { broken = true }
        owed = argumentCount
        commandCount += 1
        appendHeader(UInt8(ascii: "*"), argumentCount)
    }

    /// Appends one argument: the UTF-8 of a text.
    public mutating func append(_ string: String) {
        owed -= 1
        let written: Void? = string.utf8.withContiguousStorageIfAvailable { appendBulk(UnsafeRawBufferPointer($0)) }
        if written == nil { Array(string.utf8).withUnsafeBytes { appendBulk($0) } }
    }

    /// Appends one argument: an integer in decimal.
    public mutating func append(_ integer: Int64) {
        owed -= 1
        let magnitude = integer.magnitude
        let digits = Self.digitCount(magnitude)
        let count = digits + (integer < 0 ? 1 : 0)
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count + 8) { out in
            // At most 20 characters, so the count itself has one or two digits.
            var end = Self.write(UInt8(ascii: "$"), UInt64(count), digits: count < 10 ? 1 : 2, to: out, at: 0)
            if integer < 0 {
                out[end] = UInt8(ascii: "-")
                end += 1
            }
            Self.writeDigits(magnitude, digits: digits, to: out, at: end)
            return Self.writeLineBreak(to: out, at: end + digits)
        }
    }

    /// Appends one argument: bytes.
    public mutating func append(bytes: some Sequence<UInt8>) {
        owed -= 1
        let written: Void? = bytes.withContiguousStorageIfAvailable { appendBulk(UnsafeRawBufferPointer($0)) }
        if written == nil { Array(bytes).withUnsafeBytes { appendBulk($0) } }
    }

    /// Appends one argument: the readable bytes of a buffer.
    public mutating func append(buffer argument: ByteBuffer) {
        owed -= 1
        argument.withUnsafeReadableBytes { appendBulk($0) }
    }
}

// MARK: - For the connection

extension RESPEncoder {
    var byteCount: Int { buffer.readableBytes }

    /// Appends arguments that are already RESP, as many as `count`.
    mutating func append(encoded: [UInt8], count: Int) {
        owed -= count
        buffer.writeBytes(encoded)
    }

    /// Appends whole commands that another encoder has made and checked.
    mutating func append(commands: ByteBuffer) {
        buffer.writeImmutableBuffer(commands)
    }

    /// How many whole commands were appended since the last call, or `nil` if one has too many or too few arguments.
    mutating func takeCommandCount() -> Int? {
        defer { (commandCount, owed, broken) = (0, 0, false) }
        return broken || owed != 0 ? nil : commandCount
    }

    /// Takes back what was appended after the buffer had `byteCount` bytes.
    mutating func truncate(to byteCount: Int) {
        buffer.moveWriterIndex(to: buffer.readerIndex + byteCount)
    }

    /// Empties the encoder for the next tick. The memory is used again if the socket has released it, unless one burst
    /// has made it large.
    mutating func clear() {
        if buffer.capacity > Self.keptBytes {
            buffer = ByteBuffer()
        } else {
            buffer.clear()
        }
    }

    private static var keptBytes: Int { 1024 * 1024 }
}

// MARK: - Writing

extension RESPEncoder {
    private mutating func appendHeader(_ kind: UInt8, _ count: Int) {
        let count = UInt64(max(count, 0))
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 24) { out in
            Self.write(kind, count, digits: Self.digitCount(count), to: out, at: 0)
        }
    }

    /// `$<count>\r\n<bytes>\r\n` in one reservation: each call into `ByteBuffer` costs more than the bytes do.
    private mutating func appendBulk(_ bytes: UnsafeRawBufferPointer) {
        let count = UInt64(bytes.count)
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: bytes.count + 26) { out in
            let start = Self.write(UInt8(ascii: "$"), count, digits: Self.digitCount(count), to: out, at: 0)
            UnsafeMutableRawBufferPointer(rebasing: out[start...]).copyMemory(from: bytes)
            return Self.writeLineBreak(to: out, at: start + bytes.count)
        }
    }

    /// Writes a type byte, a number and a line break, and returns where they end.
    private static func write(
        _ kind: UInt8, _ number: UInt64, digits: Int, to out: UnsafeMutableRawBufferPointer, at start: Int
    ) -> Int {
        out[start] = kind
        writeDigits(number, digits: digits, to: out, at: start + 1)
        return writeLineBreak(to: out, at: start + 1 + digits)
    }

    private static func writeDigits(
        _ number: UInt64, digits: Int, to out: UnsafeMutableRawBufferPointer, at start: Int
    ) {
        var rest = number
        var index = start + digits
        while index > start {
            index -= 1
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            out[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
            rest = quotient
        }
    }

    private static func writeLineBreak(to out: UnsafeMutableRawBufferPointer, at index: Int) -> Int {
        out[index] = UInt8(ascii: "\r")
        out[index + 1] = UInt8(ascii: "\n")
        return index + 2
    }

    private static func digitCount(_ number: UInt64) -> Int {
        var count = 1
        var rest = number
        while rest >= 10 {
            rest /= 10
            count += 1
        }
        return count
    }
}

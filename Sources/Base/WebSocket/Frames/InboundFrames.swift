import NIOCore
import StrictJSON

/// Turns a client's bytes into messages, by the rules of RFC 6455, 5 and RFC 7692. Pure.
///
/// Between messages it holds no buffers. Of a message that has begun, it holds the bytes that have arrived.
public struct InboundFrames {
    /// Bounds for what a client sends, the same for all connections of a route.
    public struct Limits: Sendable {
        /// The largest message, in bytes, as it is sent and as it is after inflating. Stops memory use by one message.
        public var messageBytesMax: Int
        /// Frames of one message. Stops a message that never ends.
        public var framesPerMessageMax: Int

        /// Gathers the limits.
        public init(messageBytesMax: Int, framesPerMessageMax: Int) {
            self.messageBytesMax = messageBytesMax
            self.framesPerMessageMax = framesPerMessageMax
        }
    }

    /// The outcome of one frame.
    public enum Incoming: Equatable {
        /// A part of a message that is not the last.
        case fragment
        /// A whole text message, which is UTF-8.
        case text(ByteBuffer)
        /// A whole binary message.
        case binary(ByteBuffer)
        /// A ping, to be answered with this payload.
        case ping(ByteBuffer)
        /// The answer to a ping.
        case pong
        /// The client closes; to be answered with the same code.
        case close(CloseCode?)
        /// The client broke the rules. The connection is to be closed with this code, and nothing more is read.
        case violation(CloseCode)
    }

    /// The frame whose payload is arriving; nil between frames. Its length is the number of bytes that are missing.
    private var frame: FrameHeader?
    /// The first bytes of a header, fewer than `FrameHeader.bytesMax`.
    private var header: ByteBuffer?
    /// The payload of a control frame that is arriving.
    private var control: ByteBuffer?
    /// The message that is arriving; nil between messages.
    private var message: ByteBuffer?
    private var messageIsText = false
    private var messageIsCompressed = false
    private var messageFrames: Int32 = 0
    /// Bytes at the start of the message that were checked and are whole characters.
    private var checkedBytes = 0
    private var isBroken = false

    /// Starts between messages.
    public init() {}

    /// Reads bytes up to the end of the next frame.
    ///
    /// - Parameters:
    ///   - bytes: the client's bytes; those that were read are removed.
    ///   - limits: bounds for the message.
    ///   - allowsCompression: whether permessage-deflate was agreed.
    /// - Returns: the outcome of the frame; nil if all bytes were read and the frame has not ended.
    public mutating func next(from bytes: inout ByteBuffer, limits: Limits, allowsCompression: Bool) -> Incoming? {
        guard !isBroken, bytes.readableBytes > 0 else { return nil }
        do throws(Violation) {
            if frame == nil {
                guard let next = try readHeader(from: &bytes) else { return nil }
                try begin(next, limits: limits, allowsCompression: allowsCompression)
            }
            return try continueFrame(&bytes, limits: limits)
        } catch {
            self = InboundFrames()
            isBroken = true
            return .violation(error.code)
        }
    }

    private struct Violation: Error {
        var code: CloseCode
        static let protocolError = Violation(code: .protocolError)
    }

    // MARK: Headers

    private mutating func readHeader(from bytes: inout ByteBuffer) throws(Violation) -> FrameHeader? {
        guard var known = header else { return try read(&bytes) }
        header = nil
        let before = known.readableBytes
        known.writeImmutableBuffer(bytes.getSlice(at: bytes.readerIndex, length: min(bytes.readableBytes, 14)) ?? bytes)
        let given = known.readableBytes
        let next = try read(&known)
        // Of the bytes that the header took, those that were kept before are not in `bytes`.
        bytes.moveReaderIndex(forwardBy: next == nil ? bytes.readableBytes : given - known.readableBytes - before)
        return next
    }

    /// Reads a header, or keeps the bytes that there are of it.
    private mutating func read(_ bytes: inout ByteBuffer) throws(Violation) -> FrameHeader? {
        switch FrameHeader.read(from: &bytes) {
        case .header(let next): return next
        case .broken: throw .protocolError
        case .partial:
            // A copy: a slice would keep the whole buffer of the read alive for a few bytes.
            var copy = ByteBuffer()
            copy.reserveCapacity(FrameHeader.bytesMax * 2)
            copy.writeImmutableBuffer(bytes)
            bytes.moveReaderIndex(to: bytes.writerIndex)
            header = copy
            return nil
        }
    }

    /// Checks whether the frame may come now.
    private mutating func begin(
        _ next: FrameHeader, limits: Limits, allowsCompression: Bool
    ) throws(Violation) {
        switch next.opcode {
        case .close, .ping, .pong:
            guard !next.isCompressed else { throw .protocolError }
            control = ByteBuffer()
        case .text, .binary:
            guard message == nil, allowsCompression || !next.isCompressed else { throw .protocolError }
            message = ByteBuffer()
            messageIsText = next.opcode == .text
            messageIsCompressed = next.isCompressed
            messageFrames = 0
            checkedBytes = 0
        case .continuation:
            guard message != nil, !next.isCompressed else { throw .protocolError }
        }
        if !next.opcode.isControl {
            // Compression makes incompressible bytes a little longer.
            let bytesMax = limits.messageBytesMax + (messageIsCompressed ? limits.messageBytesMax / 512 + 64 : 0)
            guard next.length <= bytesMax - (message?.readableBytes ?? 0) else { throw Violation(code: .tooBig) }
            messageFrames += 1
            guard messageFrames <= limits.framesPerMessageMax else { throw Violation(code: .policy) }
        }
        frame = next
    }

    // MARK: Payloads

    private mutating func continueFrame(_ bytes: inout ByteBuffer, limits: Limits) throws(Violation) -> Incoming? {
        guard var current = frame else { return nil }
        let count = min(current.length, bytes.readableBytes)
        if current.opcode.isControl {
            control?.unmask(count, from: &bytes, mask: &current.mask)
        } else {
            message?.unmask(count, from: &bytes, mask: &current.mask)
            if messageIsText, !messageIsCompressed { try checkText() }
        }
        current.length -= count
        frame = current.length > 0 ? current : nil
        guard frame == nil else { return nil }
        guard current.opcode.isControl else {
            return current.isFinal ? try takeMessage(limits: limits) : .fragment
        }
        let payload = control ?? ByteBuffer()
        control = nil
        switch current.opcode {
        case .ping: return .ping(payload)
        case .pong: return .pong
        default: return try Self.close(payload)
        }
    }

    private mutating func checkText() throws(Violation) {
        guard let message else { return }
        let whole = message.withUnsafeReadableBytes {
            UTF8Progress.wholeCharacters(UnsafeRawBufferPointer(rebasing: $0[checkedBytes...]))
        }
        guard let whole else { throw Violation(code: .invalidPayload) }
        checkedBytes += whole
    }

    private mutating func takeMessage(limits: Limits) throws(Violation) -> Incoming {
        guard var whole = message else { throw .protocolError }
        message = nil
        if messageIsCompressed {
            switch Inflater.inflate(whole, bytesMax: limits.messageBytesMax) {
            case .message(let inflated): whole = inflated
            case .malformed: throw Violation(code: .invalidPayload)
            case .tooBig: throw Violation(code: .tooBig)
            case .outOfMemory: throw Violation(code: .internalError)
            }
            guard !messageIsText || whole.withUnsafeReadableBytes(UTF8Check.isValid) else {
                throw Violation(code: .invalidPayload)
            }
        } else if messageIsText, checkedBytes != whole.readableBytes {
            throw Violation(code: .invalidPayload)
        }
        return messageIsText ? .text(whole) : .binary(whole)
    }

    /// A close frame's payload is empty, or a code and a reason in UTF-8 (5.5.1).
    private static func close(_ payload: ByteBuffer) throws(Violation) -> Incoming {
        var payload = payload
        guard payload.readableBytes > 0 else { return .close(nil) }
        guard let code = payload.readInteger(as: UInt16.self).map(CloseCode.init(rawValue:)), code.mayBeSent else {
            throw .protocolError
        }
        guard payload.withUnsafeReadableBytes(UTF8Check.isValid) else { throw Violation(code: .invalidPayload) }
        return .close(code)
    }
}

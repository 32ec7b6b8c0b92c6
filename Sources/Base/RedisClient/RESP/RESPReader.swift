import CHiredis
import NIOCore

/// Turns a stream of bytes into replies, with hiredis' `redisReader` as the parser.
///
/// hiredis calls back for each complete value. This class builds the Swift values on its own stack and gives hiredis
/// only a marker in place of an object, so no value is made twice. Replies may be split anywhere: hiredis keeps
/// incomplete input.
///
/// Not thread-safe: it belongs to one connection, on its event loop.
package final class RESPReader {
    /// The limits of one reply. Each limit stops a broken or hostile server from taking all memory or stack.
    package struct Limits: Sendable {
        /// Bytes of one reply on the wire.
        package var maxReplyBytes: Int
        /// Arrays within arrays; 1 is an array of scalars. hiredis 0.14 itself stops at 8.
        package var maxDepth: Int
        /// Elements of one array.
        package var maxArrayElements: Int

        /// Makes limits.
        package init(maxReplyBytes: Int, maxDepth: Int, maxArrayElements: Int) {
            self.maxReplyBytes = maxReplyBytes
            self.maxDepth = maxDepth
            self.maxArrayElements = maxArrayElements
        }
    }

    /// hiredis gets its input in pieces of this size. It moves the rest of its buffer to the front after each reply of
    /// 1 KiB or more in sum, which would cost more than the parsing if the buffer held 64 KiB of replies.
    private static let pieceBytes = 8 * 1024
    /// An array is given room for this many elements before they arrive; a longer one grows as they do, so that an
    /// announced length alone takes no memory.
    private static let reservedElements = 256

    private let reader: UnsafeMutablePointer<redisReader>
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>
    private let limits: Limits

    /// The arrays being filled, outermost first.
    private var open: [(elements: [RESPValue], missing: Int)] = []
    /// The finished reply, until it is taken.
    private var finished: RESPValue?
    /// Why a callback refused a value; hiredis itself only knows "out of memory" there.
    private var refusal: RedisError?
    /// Bytes of the input which belong to replies already delivered.
    private var deliveredBytes = 0
    /// Bytes given to hiredis so far.
    private var fedBytes = 0
    /// The first error; the stream is unusable after it.
    private var failure: RedisError?

    /// Makes a reader.
    /// - Throws: `RedisError` if hiredis cannot allocate its reader.
    package init(limits: Limits) throws(RedisError) {
        self.limits = limits
        functions = .allocate(capacity: 1)
        functions.initialize(to: Self.callbacks)
        guard let reader = redisReaderCreateWithFunctions(functions) else {
            functions.deallocate()
            throw RedisError(.protocolViolation, "no memory for a reply reader")
        }
        self.reader = reader
        // Unretained: hiredis' reader lives no longer than this object, which frees it in `deinit`.
        reader.pointee.privdata = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit {
        redisReaderFree(reader)
        functions.deallocate()
    }

    /// Reads bytes and calls `body` for each reply that they complete, in order.
    ///
    /// `body` returns `false` to stop: the connection is being closed, and the rest of the bytes is of no interest.
    /// - Throws: `.replyTooLarge` or `.protocolViolation`; the connection must be closed, since the place where the
    ///   next reply starts is unknown. Every later call throws the same.
    package func read(_ buffer: ByteBuffer, body: (RESPValue) -> Bool) throws(RedisError) {
        if let failure { throw failure }
        // The typed throw does not pass through `withUnsafeReadableBytes`, so the error comes out as a value.
        let error: RedisError? = buffer.withUnsafeReadableBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Self.pieceBytes)
                rest = rest.dropFirst(piece.count)
                switch readPiece(UnsafeRawBufferPointer(rebasing: piece), body: body) {
                case .success(true): continue
                case .success(false): return nil
                case .failure(let error): return error
                }
            }
            return nil
        }
        if let error {
            failure = error
            throw error
        }
    }

    private func readPiece(_ piece: UnsafeRawBufferPointer, body: (RESPValue) -> Bool) -> Result<Bool, RedisError> {
        guard redisReaderFeed(reader, piece.baseAddress, piece.count) == REDIS_OK else {
            return .failure(parserError())
        }
        fedBytes += piece.count
        while true {
            var object: UnsafeMutableRawPointer?
            guard redisReaderGetReply(reader, &object) == REDIS_OK else { return .failure(parserError()) }
            let unread = object == nil ? 0 : reader.pointee.len - reader.pointee.pos
            let replyBytes = fedBytes - unread - deliveredBytes
            guard replyBytes <= limits.maxReplyBytes else {
                return .failure(
                    RedisError(.replyTooLarge, "a reply is over the limit of \(limits.maxReplyBytes) bytes"))
            }
            guard object != nil, let reply = finished else { return .success(true) }
            finished = nil
            deliveredBytes += replyBytes
            guard body(reply) else { return .success(false) }
        }
    }

    private func parserError() -> RedisError {
        if let refusal { return refusal }
        let text = withUnsafeBytes(of: reader.pointee.errstr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return RedisError(.protocolViolation, "the reply is not RESP2: \(text)")
    }
}

// MARK: - What hiredis calls

extension RESPReader {
    /// Any address but null will do: hiredis only asks whether there is an object.
    private static var marker: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: 1) }

    private static let callbacks = redisReplyObjectFunctions(
        createString: { task, characters, count in
            guard let task, let reader = RESPReader.of(task) else { return nil }
            let bytes = [UInt8](UnsafeRawBufferPointer(start: characters, count: count))
            return switch task.pointee.type {
            case REDIS_REPLY_STATUS: reader.add(.simpleString(bytes))
            case REDIS_REPLY_ERROR: reader.add(.error(RESPError(line: bytes)))
            default: reader.add(.bulkString(bytes))
            }
        },
        createArray: { task, count in
            guard let task, let reader = RESPReader.of(task) else { return nil }
            return reader.openArray(count: Int(count))
        },
        createInteger: { task, value in
            guard let task, let reader = RESPReader.of(task) else { return nil }
            return reader.add(.integer(value))
        },
        createNil: { task in
            guard let task, let reader = RESPReader.of(task) else { return nil }
            return reader.add(.null)
        },
        freeObject: nil
    )

    private static func of(_ task: UnsafePointer<redisReadTask>) -> RESPReader? {
        task.pointee.privdata.map { Unmanaged<RESPReader>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Opens an array, or refuses it, for which hiredis takes a null pointer.
    private func openArray(count: Int) -> UnsafeMutableRawPointer? {
        guard open.count < limits.maxDepth else {
            refusal = RedisError(.protocolViolation, "a reply is nested deeper than \(limits.maxDepth) arrays")
            return nil
        }
        guard count <= limits.maxArrayElements else {
            refusal = RedisError(.replyTooLarge, "an array is over the limit of \(limits.maxArrayElements) elements")
            return nil
        }
        guard count > 0 else { return add(.array([])) }
        var elements: [RESPValue] = []
        elements.reserveCapacity(min(count, Self.reservedElements))
        open.append((elements, count))
        return Self.marker
    }

    /// Puts a whole value where it belongs, and closes the arrays that it completes.
    private func add(_ value: RESPValue) -> UnsafeMutableRawPointer? {
        var value = value
        while let last = open.indices.last {
            open[last].elements.append(value)
            open[last].missing -= 1
            guard open[last].missing == 0 else { return Self.marker }
            value = .array(open.removeLast().elements)
        }
        finished = value
        return Self.marker
    }
}

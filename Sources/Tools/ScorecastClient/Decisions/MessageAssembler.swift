import NIOCore
import NIOWebSocket

/// Makes messages from frames, and checks that the server keeps to RFC 6455, 5. Pure.
package struct MessageAssembler {
    /// The result of a frame.
    package enum Outcome: Equatable {
        /// A fragment; there is more to come.
        case more
        /// A whole text message. Its reader checks that it is UTF-8.
        case text(ByteBuffer)
        /// A ping: answer with a pong that has the same payload.
        case ping(ByteBuffer)
        /// An unasked pong, since no pings are sent; still a sign that the connection is up.
        case pong
        /// The server closes; without a code if its frame had none.
        case close(code: UInt16?, reason: String)
        /// The connection has to end with this code.
        case broken(WebSocketErrorCode, String)
    }

    private let bytesMax: Int
    /// The fragments so far of a message that is not complete.
    private var pending: ByteBuffer?

    /// - Parameter bytesMax: the largest accepted message.
    package init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// Takes the next frame.
    package mutating func take(_ frame: WebSocketFrame) -> Outcome {
        // No extension was negotiated that gives these bits a meaning (5.2).
        guard frame.reservedBits.isEmpty else { return .broken(.protocolError, "a reserved bit is set") }
        guard frame.maskKey == nil else { return .broken(.protocolError, "a frame of the server is masked") }
        switch frame.opcode {
        case .text: return begin(frame)
        case .continuation: return go(on: frame)
        case .binary: return .broken(.unacceptableData, "a binary message")
        case .ping: return .ping(frame.data)
        case .pong: return .pong
        case .connectionClose: return close(frame.data)
        default: return .broken(.protocolError, "an unknown opcode")
        }
    }

    private mutating func begin(_ frame: WebSocketFrame) -> Outcome {
        guard pending == nil else { return .broken(.protocolError, "a message within a message") }
        guard frame.length <= bytesMax else { return .broken(.messageTooLarge, "a message is too large") }
        if frame.fin { return .text(frame.data) }
        pending = frame.data
        return .more
    }

    private mutating func go(on frame: WebSocketFrame) -> Outcome {
        // Taken out while it grows, so that it is not copied for each fragment.
        guard var whole = pending.take() else { return .broken(.protocolError, "a fragment of no message") }
        guard whole.readableBytes + frame.length <= bytesMax else {
            return .broken(.messageTooLarge, "a message is too large")
        }
        whole.writeImmutableBuffer(frame.data)
        if frame.fin { return .text(whole) }
        pending = whole
        return .more
    }

    private func close(_ data: ByteBuffer) -> Outcome {
        var data = data
        if data.readableBytes == 0 { return .close(code: nil, reason: "") }
        guard let code = data.readInteger(as: UInt16.self) else {
            return .broken(.protocolError, "a close frame with half a code")
        }
        // The excluded codes stand for "no close frame" and similar, and are never sent in one (7.4).
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: return .close(code: code, reason: String(buffer: data))
        default: return .broken(.protocolError, "a close code that may not be sent")
        }
    }
}

import NIOCore
import NIOWebSocket
import StrictJSON

/// The rules for frames from a client (RFC 6455, 5), and the way from frames to messages. Pure.
///
/// The decoder has checked already that control frames are whole and short, and that no frame is over its limit.
package struct InboundFrames {
    /// What a frame leads to.
    package enum Event: Equatable {
        /// A message goes on, or somebody answered a ping.
        case nothing
        /// A whole text message, which is UTF-8.
        case text(ByteBuffer)
        /// A whole binary message.
        case binary
        /// A ping, to be answered with this payload.
        case ping(ByteBuffer)
        /// The client closes; to be answered with the same code.
        case close(CloseCode?)
        /// The client broke the rules; the connection is to be closed with this code.
        case violation(CloseCode)
    }

    /// The message of which fragments have come; nil between messages.
    private var partial: ByteBuffer?
    private var partialIsText = false

    /// Starts between messages.
    package init() {}

    /// Takes the next frame.
    package mutating func receive(_ frame: WebSocketFrame) -> Event {
        // Clients mask every frame (5.1), and no extension was agreed that would use a reserved bit (5.2).
        guard frame.maskKey != nil, !frame.rsv1, !frame.rsv2, !frame.rsv3 else { return .violation(.protocolError) }
        switch frame.opcode {
        case .text, .binary: return begin(frame)
        case .continuation: return goOn(frame)
        case .ping: return .ping(frame.unmaskedData)
        case .pong: return .nothing
        case .connectionClose: return Self.close(frame.unmaskedData)
        default: return .violation(.protocolError)
        }
    }

    private mutating func begin(_ frame: WebSocketFrame) -> Event {
        guard partial == nil else { return .violation(.protocolError) }
        let isText = frame.opcode == .text
        guard !frame.fin else { return Self.message(frame.unmaskedData, isText: isText) }
        partial = frame.unmaskedData
        partialIsText = isText
        return .nothing
    }

    private mutating func goOn(_ frame: WebSocketFrame) -> Event {
        guard var message = partial else { return .violation(.protocolError) }
        partial = nil
        guard message.readableBytes + frame.data.readableBytes <= GatewayConfiguration.messageBytesMax else {
            return .violation(.tooBig)
        }
        message.writeImmutableBuffer(frame.unmaskedData)
        if frame.fin { return Self.message(message, isText: partialIsText) }
        partial = message
        return .nothing
    }

    private static func message(_ bytes: ByteBuffer, isText: Bool) -> Event {
        guard isText else { return .binary }
        return bytes.withUnsafeReadableBytes(UTF8Check.isValid) ? .text(bytes) : .violation(.invalidPayload)
    }

    /// A close frame's payload is empty, or a code and a reason in UTF-8 (5.5.1).
    private static func close(_ payload: ByteBuffer) -> Event {
        var payload = payload
        guard payload.readableBytes > 0 else { return .close(nil) }
        guard let code = payload.readInteger(as: UInt16.self).map(CloseCode.init(rawValue:)), code.mayBeSent else {
            return .violation(.protocolError)
        }
        guard payload.withUnsafeReadableBytes(UTF8Check.isValid) else { return .violation(.invalidPayload) }
        return .close(code)
    }
}

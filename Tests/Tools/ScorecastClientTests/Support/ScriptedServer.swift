import Crypto
import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL

/// A WebSocket server on 127.0.0.1 that follows a test's script, right or wrong: it answers handshakes, sends any
/// bytes, and keeps the requests and frames of clients.
final class ScriptedServer: Sendable {
    /// The request of a client.
    struct Request: Sendable {
        var target: String
        /// Names in lower case.
        var fields: [String: String]
    }

    /// A step on a connection.
    enum Act: Sendable {
        /// A right answer to the handshake.
        case accept
        /// An answer with this accept value.
        case acceptAs(String)
        /// Another answer.
        case answer(String)
        case frame(UInt8, [UInt8], fin: Bool = true)
        case raw([UInt8])
        /// Ends the connection without a close frame.
        case drop

        static func text(_ text: String) -> Act { .frame(1, Array(text.utf8)) }
        static func close(_ code: UInt16, _ reason: String = "") -> Act {
            .frame(8, [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
        }
    }

    /// A frame of a client.
    struct Received: Sendable, Equatable {
        var opcode: UInt8
        var payload: [UInt8]
        var isMasked: Bool
    }

    private struct Record: Sendable {
        var requests: [Request] = []
        var received: [Received] = []
        var channels: [any Channel] = []
        var ended = 0
    }

    private let channel: any Channel
    private let record: NIOLockedValueBox<Record>

    /// Starts a server on a free port.
    ///
    /// - Parameters:
    ///   - tls: to speak TLS.
    ///   - script: the steps on the connection of this number (from 0) once its request is there.
    init(tls: NIOSSLContext? = nil, _ script: @escaping @Sendable (Int, Request) -> [Act]) async throws {
        let record = NIOLockedValueBox(Record())
        self.record = record
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(Connection(record, script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    let port: Int
    var url: String { "ws://127.0.0.1:\(port)" }
    var requests: [Request] { record.withLockedValue { $0.requests } }
    var received: [Received] { record.withLockedValue { $0.received } }
    /// The number of connections that have ended.
    var ended: Int { record.withLockedValue { $0.ended } }

    /// Runs a step on the last connection that sent a request.
    func act(_ acts: Act...) async throws {
        guard let channel = record.withLockedValue({ $0.channels.last }) else { return }
        for act in acts {
            if let bytes = Self.bytes(act, key: "") { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }
            if case .drop = act { try await channel.close() }
        }
    }

    /// Ends the listener and all connections.
    func stop() async throws {
        try await channel.close()
        for channel in record.withLockedValue({ $0.channels }) { try? await channel.close() }
    }

    /// The accept value of a key (RFC 6455, 4.2.2).
    static func accept(_ key: String) -> String {
        let digest = Insecure.SHA1.hash(data: Data((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        return Data(digest).base64EncodedString()
    }

    /// The bytes of a frame without a mask.
    static func frame(_ opcode: UInt8, _ payload: [UInt8], fin: Bool = true) -> [UInt8] {
        let first = (fin ? 0x80 : 0) | opcode
        switch payload.count {
        case ...125: return [first, UInt8(payload.count)] + payload
        case ...0xFFFF: return [first, 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)] + payload
        default: return [first, 127] + (0..<8).map { UInt8(payload.count >> (56 - 8 * $0) & 0xFF) } + payload
        }
    }

    private static func bytes(_ act: Act, key: String) -> [UInt8]? {
        switch act {
        case .accept: bytes(.acceptAs(accept(key)), key: key)
        case .acceptAs(let value):
            bytes(
                .answer(
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: \(value)\r\nSec-WebSocket-Protocol: scorecast.v1\r\n\r\n"), key: key)
        case .answer(let text): Array(text.utf8)
        case .frame(let opcode, let payload, let fin): frame(opcode, payload, fin: fin)
        case .raw(let bytes): bytes
        case .drop: nil
        }
    }

    /// One connection: a request, the script, then the client's frames.
    private final class Connection: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        private let record: NIOLockedValueBox<Record>
        private let script: @Sendable (Int, Request) -> [Act]
        private let pending = NIOLockedValueBox<(bytes: [UInt8], isOpen: Bool)>(([], false))

        init(_ record: NIOLockedValueBox<Record>, _ script: @escaping @Sendable (Int, Request) -> [Act]) {
            self.record = record
            self.script = script
        }

        func channelInactive(context: ChannelHandlerContext) {
            record.withLockedValue { $0.ended += 1 }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            pending.withLockedValue { $0.bytes += Array(buffer: unwrapInboundIn(data)) }
            if !pending.withLockedValue({ $0.isOpen }) { readRequest(context) }
            while let frame = pending.withLockedValue({ $0.isOpen ? Self.takeFrame(&$0.bytes) : nil }) {
                record.withLockedValue { $0.received.append(frame) }
                // Answers like a server: with the same code, and the server ends TCP.
                if frame.opcode == 8 { perform([.frame(8, frame.payload), .drop], key: "", context) }
            }
        }

        private func readRequest(_ context: ChannelHandlerContext) {
            let head = pending.withLockedValue { pending -> String? in
                let text = String(decoding: pending.bytes, as: UTF8.self)
                guard let end = text.range(of: "\r\n\r\n") else { return nil }
                pending.bytes.removeFirst(text[..<end.upperBound].utf8.count)
                pending.isOpen = true
                return String(text[..<end.lowerBound])
            }
            guard let head else { return }
            let lines = head.components(separatedBy: "\r\n")
            var request = Request(target: lines[0].components(separatedBy: " ")[1], fields: [:])
            for line in lines.dropFirst() {
                let parts = line.components(separatedBy: ": ")
                request.fields[parts[0].lowercased()] = parts.dropFirst().joined(separator: ": ")
            }
            let (seen, channel) = (request, context.channel)
            let number = record.withLockedValue { record in
                record.requests.append(seen)
                record.channels.append(channel)
                return record.requests.count - 1
            }
            perform(script(number, request), key: request.fields["sec-websocket-key"] ?? "", context)
        }

        /// All bytes go out in one write, so that frames come together with the answer to the handshake.
        private func perform(_ acts: [Act], key: String, _ context: ChannelHandlerContext) {
            let bytes = acts.compactMap { ScriptedServer.bytes($0, key: key) }.flatMap { $0 }
            context.writeAndFlush(NIOAny(ByteBuffer(bytes: bytes)), promise: nil)
            if case .drop? = acts.last { context.close(promise: nil) }
        }

        /// The client's frames are short ones in these tests.
        private static func takeFrame(_ bytes: inout [UInt8]) -> Received? {
            guard bytes.count >= 2 else { return nil }
            let isMasked = bytes[1] & 0x80 != 0
            let length = Int(bytes[1] & 0x7F)
            let start = isMasked ? 6 : 2
            guard length < 126, bytes.count >= start + length else { return nil }
            let mask = isMasked ? Array(bytes[2..<6]) : [0, 0, 0, 0]
            let payload = bytes[start..<(start + length)].enumerated().map { $1 ^ mask[$0 % 4] }
            let opcode = bytes[0] & 0x0F
            bytes.removeFirst(start + length)
            return Received(opcode: opcode, payload: payload, isMasked: isMasked)
        }
    }
}

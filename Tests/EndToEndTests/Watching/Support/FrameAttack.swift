import Foundation
import LocalServers
import NIOCore
import Synchronization

/// Sends broken frames to a WebSocket server, on many connections at once, and judges each answer.
struct FrameAttack: Sendable {
    /// The result of an attack.
    struct Outcome: Sendable {
        var connections = 0
        var frames = 0
        /// Connections whose first frame had no mask.
        var unmasked = 0
        /// How connections ended, by the close code; 0 for none.
        var closes: [Int: Int] = [:]
        /// Things that a server must not do.
        var faults: [String] = []
    }

    var port: Int
    var target: String
    /// Whether the server sends a message at the start of each connection.
    var greets: Bool
    var threads = 8

    /// Sends this many frames, from `threads` threads.
    func run(frames: Int, seed: UInt64) async throws -> Outcome {
        let total = Mutex(Outcome())
        try await onThreads(threads) { thread in
            var mutator = FrameMutator(seed: seed &+ UInt64(thread) &* 1_000_003)
            while total.withLock({ $0.frames < frames && $0.faults.count < 20 }) {
                let salvo = mutator.next()
                let (code, fault) = fire(salvo)
                total.withLock { total in
                    total.connections += 1
                    total.frames += salvo.frames
                    if salvo.isUnmasked { total.unmasked += 1 }
                    total.closes[code, default: 0] += 1
                    if let fault { total.faults.append("\(fault), after \(salvo.bytes.prefix(200))") }
                }
            }
        }
        return total.withLock { $0 }
    }

    /// Attacks one connection. Returns the close code of the server, and a fault if there is one.
    private func fire(_ salvo: FrameMutator.Salvo) -> (code: Int, fault: String?) {
        do {
            let socket = try LoopbackSocket(port: port, timeout: .seconds(15))
            let offer = salvo.isCompressed ? [("Sec-WebSocket-Extensions", "permessage-deflate")] : []
            try socket.send(Array(WebSocketRequest.head(port: port, target, fields: offer).utf8))
            var answer = Answer(socket: socket)
            guard try answer.readHead() else { return (0, "the handshake was refused") }
            if greets {
                guard try answer.next()?.first == 0x81 else { return (0, "no snapshot") }
            }
            try socket.send(salvo.bytes)
            // This tells a server that waits for the rest of a frame that there is none.
            socket.endSending()
            return try answer.judge(salvo)
        } catch LocalServerError.system(call: let call, subject: _, code: let code)
            where code == ECONNRESET || code == EPIPE
        {
            // The connection was cut while more bytes were on their way. A salvo whose close frame must be seen is too
            // short for that.
            return (0, salvo.isUnmasked ? "\(call) failed (\(code)) before 1002" : nil)
        } catch {
            return (0, "\(error)")
        }
    }

    /// The bytes that the server sends on one connection.
    private struct Answer {
        let socket: LoopbackSocket
        private var unread = ByteBuffer()

        init(socket: LoopbackSocket) { self.socket = socket }

        private static let bytesMax = 16 * 1024

        /// Reads the response to the handshake. Returns whether it is 101.
        mutating func readHead() throws -> Bool {
            while true {
                let all = unread.readableBytesView
                if let past = all.firstRange(of: [13, 10, 13, 10])?.upperBound {
                    return unread.readString(length: past - all.startIndex)?.hasPrefix("HTTP/1.1 101 ") ?? false
                }
                guard try receive() else { return false }
            }
        }

        /// Returns the next frame, or nil at the end of the stream.
        mutating func next() throws -> ServerSideFrame? {
            while true {
                if let frame = ServerSideFrame.read(from: &unread) { return frame }
                guard try receive() else { return nil }
            }
        }

        private mutating func receive() throws -> Bool {
            guard let bytes = try socket.receive(bytes_max: Self.bytesMax) else { return false }
            unread.writeBytes(bytes)
            return true
        }

        mutating func judge(_ salvo: FrameMutator.Salvo) throws -> (code: Int, fault: String?) {
            var (frames, code): (Int, Int?) = (0, nil)
            while let frame = try next() {
                if code != nil { return (code ?? 0, "a frame after the close frame") }
                frames += 1
                switch frame.first & ~(salvo.isCompressed ? 0x40 : 0) {
                case 0x81, 0x82, 0x89, 0x8A: break
                case 0x88:
                    code = Int(frame.payload.getInteger(at: frame.payload.readerIndex, as: UInt16.self) ?? 1005)
                default: return (code ?? 0, "a frame that begins with \(frame.first)")
                }
            }
            // A broken length turns a payload into frames. Each of them has a header and a mask.
            if frames > salvo.bytes.count / 6 + 1 { return (code ?? 0, "\(frames) frames for \(salvo.frames)") }
            // The frames of a long answer may be lost if the connection ends first. This answer is short.
            if salvo.isUnmasked, frames != 1 || code != 1002 || unread.readableBytes > 0 {
                return (code ?? 0, "\(frames) frames and \(code ?? 0) for a frame without a mask")
            }
            return (code ?? 0, nil)
        }
    }
}

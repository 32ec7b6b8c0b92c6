import NIOCore
import NIOWebSocket
import ScorecastClient
import Testing

@Suite struct MessageAssemblerTests {
    private func frame(
        _ opcode: WebSocketOpcode, _ text: String, fin: Bool = true, rsv1: Bool = false, masked: Bool = false
    ) -> WebSocketFrame {
        WebSocketFrame(
            fin: fin, rsv1: rsv1, opcode: opcode, maskKey: masked ? [1, 2, 3, 4] : nil, data: ByteBuffer(string: text))
    }

    private func close(_ bytes: [UInt8]) -> MessageAssembler.Outcome {
        var assembler = MessageAssembler(bytesMax: 100)
        return assembler.take(
            WebSocketFrame(fin: true, opcode: .connectionClose, data: ByteBuffer(bytes: bytes)))
    }

    @Test func fragmentsBecomeOneMessageWithControlFramesBetween() {
        var assembler = MessageAssembler(bytesMax: 10)
        #expect(assembler.take(frame(.text, "ab", fin: false)) == .more)
        #expect(assembler.take(frame(.ping, "p")) == .ping(ByteBuffer(string: "p")))
        #expect(assembler.take(frame(.continuation, "", fin: false)) == .more)
        #expect(assembler.take(frame(.pong, "")) == .pong)
        #expect(assembler.take(frame(.continuation, "cd")) == .text(ByteBuffer(string: "abcd")))
        #expect(assembler.take(frame(.text, "e")) == .text(ByteBuffer(string: "e")))
    }

    @Test func whatBreaksTheRulesGetsTheirCode() {
        func code(_ frames: WebSocketFrame...) -> WebSocketErrorCode? {
            var assembler = MessageAssembler(bytesMax: 4)
            var last = MessageAssembler.Outcome.more
            for frame in frames { last = assembler.take(frame) }
            if case .broken(let code, _) = last { return code }
            return nil
        }
        #expect(code(frame(.text, "a", rsv1: true)) == .protocolError)
        #expect(code(frame(.text, "a", masked: true)) == .protocolError)
        #expect(code(frame(.continuation, "a")) == .protocolError)
        #expect(code(frame(.text, "a", fin: false), frame(.text, "b")) == .protocolError)
        #expect(code(frame(WebSocketOpcode(encodedWebSocketOpcode: 3) ?? .text, "a")) == .protocolError)
        #expect(code(frame(.binary, "a")) == .unacceptableData)
        #expect(code(frame(.text, "abcde")) == .messageTooLarge)
        #expect(code(frame(.text, "abc", fin: false), frame(.continuation, "de")) == .messageTooLarge)
        #expect(code(frame(.text, "abc", fin: false), frame(.continuation, "d")) == nil)
    }

    @Test("A close frame has no code, or one that may be sent, and a reason in UTF-8")
    func closeFrames() {
        #expect(close([]) == .close(code: nil, reason: ""))
        #expect(close([0x11, 0x34] + Array("bye".utf8)) == .close(code: 4404, reason: "bye"))
        for bytes in [[3] as [UInt8], [0x03, 0xED], [0x03, 0xEE], [0, 0], [0x13, 0x88]] {
            guard case .broken(.protocolError, _) = close(bytes) else {
                Issue.record("\(bytes) was taken")
                continue
            }
        }
    }
}

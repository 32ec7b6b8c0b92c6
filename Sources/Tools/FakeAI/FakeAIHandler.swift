import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import StrictJSON

/// Answers the requests of one connection.
final class FakeAIHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let state: NIOLockedValueBox<FakeAI.State>
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    /// Longer bodies end the connection.
    private static let bodyBytesMax = 1 << 20

    init(state: NIOLockedValueBox<FakeAI.State>) { self.state = state }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.clear()
        case .body(var part):
            body.writeBuffer(&part)
            if body.readableBytes > Self.bodyBytesMax { context.close(promise: nil) }
        case .end:
            guard let head else { return }
            answer(head, String(buffer: body), context)
        }
    }

    private func answer(_ head: HTTPRequestHead, _ body: String, _ context: ChannelHandlerContext) {
        switch (head.method, FakeAIQuestion(rawValue: head.uri)) {
        case (.POST, let question?):
            let mode = state.withLockedValue { state in
                state.counts[question, default: 0] += 1
                state.authorization = head.headers.first(name: "authorization")
                state.body = body
                return state.mode
            }
            answer(question, body, mode, context)
        case (.GET, _) where head.uri == "/fake/mode": send(.ok, modeText, context)
        case (.POST, _) where head.uri == "/fake/mode":
            guard let mode = Self.mode(body) else { return send(.badRequest, #"{"error":"no such mode"}"#, context) }
            state.withLockedValue { $0.mode = mode }
            send(.ok, modeText, context)
        default: send(.notFound, #"{"error":"there is nothing here"}"#, context)
        }
    }

    private func answer(
        _ question: FakeAIQuestion, _ body: String, _ mode: FakeAIMode, _ context: ChannelHandlerContext
    ) {
        switch mode {
        case .good: send(.ok, question.answer(to: body), context)
        case .slow(let milliseconds):
            let later = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: .milliseconds(milliseconds)) {
                let (handler, context) = later.value
                guard context.channel.isActive else { return }
                handler.send(.ok, question.answer(to: body), context)
            }
        case .dead: context.close(promise: nil)
        case .wrong(.serverError): send(.internalServerError, #"{"error":"wrong on purpose"}"#, context)
        case .wrong(.notFound): send(.notFound, #"{"error":"wrong on purpose"}"#, context)
        case .wrong(.redirect): send(.found, "{}", context, fields: [("Location", question.rawValue)])
        case .wrong(.closes):
            let text = question.answer(to: body)
            send(.ok, String(text.prefix(text.count / 2)), context, fields: [("Content-Length", "\(text.utf8.count)")])
            context.close(promise: nil)
        case .wrong(let kind): send(.ok, question.unfitAnswer(kind), context)
        }
    }

    /// - Parameter fields: beside the usual ones, or in place of them.
    private func send(
        _ status: HTTPResponseStatus, _ text: String, _ context: ChannelHandlerContext,
        fields: [(String, String)] = []
    ) {
        var headers = HTTPHeaders([("Content-Type", "application/json"), ("Content-Length", "\(text.utf8.count)")])
        for (name, value) in fields { headers.replaceOrAdd(name: name, value: value) }
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private var modeText: String {
        let state = state.withLockedValue { $0 }
        var json = JSONWriter(to: [UInt8]())
        json.beginObject()
        json.member("mode", state.mode.name)
        json.key("requests")
        json.beginObject()
        json.member("generate-challenge", state.counts[.challenge] ?? 0)
        json.member("understand-task", state.counts[.type] ?? 0)
        json.endObject()
        json.endObject()
        return String(decoding: json.sink, as: UTF8.self)
    }

    private static func mode(_ body: String) -> FakeAIMode? {
        guard let json = try? JSONValue(Array(body.utf8)), let name = json["mode"]?.string else { return nil }
        return FakeAIMode(mode: name, milliseconds: json["ms"]?.integer, kind: json["kind"]?.string)
    }
}

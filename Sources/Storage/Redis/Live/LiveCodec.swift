import Leaderboard
import Players
import StrictJSON

/// Writes and reads the payloads of live channels. Pure.
package enum LiveCodec {
    /// A call with what its answer needs.
    package struct Call: Sendable, Equatable {
        /// Names the call, random.
        package let id: String
        /// The gateway that waits for the answer.
        package let gateway: String
        /// The call.
        package let call: RoomCall

        package init(id: String, gateway: String, call: RoomCall) {
            self.id = id
            self.gateway = gateway
            self.call = call
        }
    }

    /// News of a room.
    package enum RoomNews: Sendable, Equatable {
        case progress(RoomProgress)
        case presence(GatewayPresence)
    }

    private static let limits = JSONLimits(maxDepth: 8, maxMembers: 16, maxElements: 1000, maxDocumentBytes: 1 << 20)

    // MARK: Users

    package static func encode(_ message: UserMessage) -> String {
        "\(message.userID)\n\(message.isNotification ? "n" : "-")\n\(message.text)"
    }

    /// The message; nil if it is malformed.
    package static func message(_ text: String) -> UserMessage? {
        let parts = text.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[1] == "n" || parts[1] == "-" else { return nil }
        return UserMessage(userID: String(parts[0]), isNotification: parts[1] == "n", text: String(parts[2]))
    }

    // MARK: Rooms

    package static func encode(_ progress: RoomProgress) -> String { text { write(progress, to: &$0) } }

    package static func encode(_ presence: GatewayPresence) -> String {
        text { json in
            json.beginObject()
            json.member("gateway", presence.gateway)
            json.member("count", presence.count)
            json.member("asks", presence.asks)
            json.endObject()
        }
    }

    /// The news; nil if they are malformed.
    package static func news(_ text: String) -> RoomNews? {
        guard let value = value(text) else { return nil }
        if let gateway = value["gateway"]?.string, let count = value["count"]?.integer, count >= 0 {
            return .presence(
                GatewayPresence(gateway: gateway, count: Int(count), asks: value["asks"]?.bool ?? false))
        }
        return progress(value).map { .progress($0) }
    }

    // MARK: Calls

    package static func encode(_ call: Call) -> String {
        text { json in
            json.beginObject()
            json.member("id", call.id)
            json.member("gateway", call.gateway)
            json.member("challenge", call.call.challenge)
            json.member("user", call.call.userID)
            switch call.call.act {
            case .join: json.member("act", "join")
            case .hint: json.member("act", "hint")
            case .progress(let progress):
                json.member("act", "progress")
                json.key("progress")
                write(progress, to: &json)
            }
            json.endObject()
        }
    }

    /// The call; nil if it is malformed.
    package static func call(_ text: String) -> Call? {
        guard let value = value(text), let id = value["id"]?.string, let gateway = value["gateway"]?.string,
            let challenge = value["challenge"]?.string, RoomCall.isChallengeID(challenge),
            let user = value["user"]?.string
        else { return nil }
        let act: RoomCall.Act
        switch value["act"]?.string {
        case "join": act = .join
        case "hint": act = .hint
        case "progress":
            guard let progress = value["progress"].flatMap({ progress($0) }) else { return nil }
            act = .progress(progress)
        default: return nil
        }
        return Call(id: id, gateway: gateway, call: RoomCall(challenge: challenge, userID: user, act: act))
    }

    /// The payload of an answer to the call with this id.
    package static func encode(_ answer: RoomAnswer, to id: String) -> String {
        text { json in
            json.beginObject()
            json.member("id", id)
            switch answer {
            case .done(let members):
                json.key("done")
                json.beginArray()
                for member in members { write(member, to: &json) }
                json.endArray()
            case .message(let message): json.member("message", message)
            case .refused(let code, let message):
                json.member("code", code)
                json.member("sentence", message)
            case .unavailable: break
            }
            json.endObject()
        }
    }

    /// The answer and the id of its call; nil if it is malformed.
    package static func answer(_ text: String) -> (id: String, answer: RoomAnswer)? {
        guard let value = value(text), let id = value["id"]?.string else { return nil }
        if let done = value["done"]?.array {
            let members = done.compactMap { progress($0) }
            guard members.count == done.count else { return nil }
            return (id, .done(members))
        }
        if let message = value["message"]?.string { return (id, .message(message)) }
        if let code = value["code"]?.string, let sentence = value["sentence"]?.string {
            return (id, .refused(code: code, message: sentence))
        }
        return (id, .unavailable)
    }

    // MARK: Moves

    /// The moves that `lua/apply.lua` published; nil if they are malformed.
    package static func moves(_ text: String) -> ScoreMoves? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 2, lines.count % 3 == 2, !lines[0].isEmpty else { return nil }
        var moves: [ScoreMove] = []
        moves.reserveCapacity(lines.count / 3)
        for index in stride(from: 2, to: lines.count, by: 3) {
            let user = String(lines[index])
            guard let after = place(lines[index + 2], of: user) else { return nil }
            let before = place(lines[index + 1], of: user)
            guard before != nil || lines[index + 1].isEmpty else { return nil }
            moves.append(ScoreMove(userID: user, before: before, after: after))
        }
        return ScoreMoves(period: String(lines[0]), moves: moves)
    }

    /// A place as the hash of members holds it: the tie key, the score, and since a later version a space and a time.
    private static func place(_ text: Substring, of user: String) -> LeaderboardCursor? {
        let bytes = text.utf8
        guard bytes.count > TopCodec.tieKeyLength else { return nil }
        let tieKey = bytes.prefix(TopCodec.tieKeyLength)
        let rest = bytes.dropFirst(TopCodec.tieKeyLength).prefix { $0 != UInt8(ascii: " ") }
        guard let score = Int64(Substring(rest)) else { return nil }
        return LeaderboardCursor(score: score, member: String(Substring(tieKey)) + user)
    }

    // MARK: Parts

    private static func text(_ body: (inout JSONWriter<[UInt8]>) -> Void) -> String {
        var bytes: [UInt8] = []
        JSONWriter.append(to: &bytes, body)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func value(_ text: String) -> JSONValue? {
        var text = text
        return text.withUTF8 { try? JSONValue(UnsafeRawBufferPointer($0), limits: limits) }
    }

    private static func write(_ progress: RoomProgress, to json: inout JSONWriter<[UInt8]>) {
        json.beginObject()
        json.member("user", progress.userID)
        json.member("percent", progress.progress)
        if let state = progress.state { json.member("state", state) }
        json.member("stamp", progress.stamp)
        json.endObject()
    }

    private static func progress(_ value: JSONValue) -> RoomProgress? {
        guard let user = value["user"]?.string, let percent = value["percent"]?.integer,
            (0...100).contains(percent), let stamp = value["stamp"]?.integer
        else { return nil }
        let state = value["state"]?.string
        guard state?.utf8.count ?? 0 <= RoomProgress.stateBytesMax else { return nil }
        return RoomProgress(userID: user, progress: Int(percent), state: state, stamp: stamp)
    }
}

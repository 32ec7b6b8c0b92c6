/// The questions that a new connection asks before it is used, and what their answers mean. Pure.
///
/// All steps go out in one write. `PING` is the last of them, since it is refused with `LOADING` while Redis reads its
/// data from disk, even if no other step is refused.
struct RedisHandshake {
    private enum Step {
        case auth(username: String?, password: String)
        case hello
        case select(Int)
        case setName(String)
        case load(RedisScript)
        case info
        case question(RedisQuestion)
        case ping

        var name: String {
            switch self {
            case .auth: "AUTH"
            case .hello: "HELLO"
            case .select: "SELECT"
            case .setName: "CLIENT SETNAME"
            case .load(let script): "SCRIPT LOAD of \(script.name)"
            case .info: "INFO server"
            case .question(let question): question.name
            case .ping: "PING"
            }
        }
    }

    enum Action {
        case wait
        /// Send this question, too, and wait.
        case ask(RedisQuestion)
        case done
        case fail(RedisError)
    }

    private let requiresPrimary: Bool
    private var steps: [Step]
    private var answered = 0
    private var server = RedisServerFacts()
    /// An error that was passed over. If the server then hangs up, it was the reason (`max number of clients reached`).
    private(set) var passedOver: RESPError?

    init(configuration: RedisConfiguration, scripts: [RedisScript], questions: [RedisQuestion] = []) {
        requiresPrimary = configuration.requiresPrimary
        var steps: [Step] = []
        if let password = configuration.password {
            steps.append(.auth(username: configuration.username, password: password))
        }
        steps.append(.hello)
        if configuration.database != 0 { steps.append(.select(configuration.database)) }
        steps.append(.setName(configuration.clientName))
        steps.append(contentsOf: scripts.map { .load($0) })
        if scripts.contains(where: \.takesRunID) { steps.append(.info) }
        steps.append(contentsOf: questions.map { .question($0) })
        steps.append(.ping)
        self.steps = steps
    }

    /// All steps as RESP.
    func encode(into encoder: inout RESPEncoder) {
        for step in steps {
            switch step {
            case .auth(let username, let password):
                encoder.append(command: ["AUTH"] + (username.map { [$0] } ?? []) + [password])
            case .hello: encoder.append(command: ["HELLO"])
            case .select(let database): encoder.append(command: ["SELECT", String(database)])
            case .setName(let name): encoder.append(command: ["CLIENT", "SETNAME", name])
            case .load(let script): encoder.append(command: ["SCRIPT", "LOAD", script.source])
            case .info: encoder.append(command: ["INFO", "server"])
            case .question(let question): encoder.append(command: question.arguments)
            case .ping: encoder.append(command: ["PING"])
            }
        }
    }

    /// The next reply has arrived. The first error decides: the later ones mostly follow from it.
    mutating func received(_ reply: RESPValue) -> Action {
        guard answered < steps.count else {
            return .fail(RedisError(.protocolViolation, "a reply came for which there was no command"))
        }
        let step = steps[answered]
        answered += 1
        switch step {
        case .hello:
            if let refusal = received(hello: reply) { return .fail(refusal) }
        case .setName:
            // The name is for people who list the clients. A user without the right to set it works as well.
            if let error = reply.error {
                guard error.code == "NOPERM" || error.code == "ERR" else { return refused(step, error) }
                passedOver = error
            }
        case .info:
            if let refusal = received(info: reply) { return refusal }
        case .question(let question):
            switch question.judge(reply) {
            case .good: break
            case .refuse(let error): return .fail(error)
            case .ask(let next):
                steps.append(.question(next))
                return .ask(next)
            }
        case .auth, .select, .load, .ping:
            if let error = reply.error { return refused(step, error) }
            if case .load(let script) = step, reply.string != script.sha1 {
                return .fail(RedisError(.handshakeFailed, "Redis gave \(step.name) another SHA-1"))
            }
        }
        return answered == steps.count ? .done : .wait
    }

    /// `HELLO` is allowed to every user, and tells the server's role without the right to ask `ROLE` or `INFO`. Where
    /// it is not there (renamed, or a proxy does not know it), the replies to come have to tell.
    private mutating func received(hello reply: RESPValue) -> RedisError? {
        if let error = reply.error {
            passedOver = error
            return nil
        }
        server = RedisServerFacts(hello: reply)
        return server.refusal(requiresPrimary: requiresPrimary).map { RedisError(.handshakeFailed, $0) }
    }

    /// A user without the right to `INFO` is told so by the check of rights, together with all else that is missing.
    private mutating func received(info reply: RESPValue) -> Action? {
        if let error = reply.error {
            guard error.code == "NOPERM" else { return refused(.info, error) }
            passedOver = error
            return nil
        }
        server.add(info: reply)
        guard server.runID == nil else { return nil }
        return .fail(RedisError(.handshakeFailed, "Redis does not name its run_id in INFO server"))
    }

    /// The `run_id` of the server, or an empty text.
    var runID: String { server.runID ?? "" }

    private func refused(_ step: Step, _ error: RESPError) -> Action {
        var message = "Redis refused \(step.name): \(error)"
        if case .load = step, let version = server.version, server.majorVersion < 7 {
            message += " (Redis 7.0 or later is needed; this one is \(version))"
        }
        return .fail(RedisError(.handshakeFailed, message, serverCode: error.code))
    }
}

extension RESPEncoder {
    /// Appends a whole command.
    mutating func append(command arguments: [String]) {
        begin(argumentCount: arguments.count)
        for argument in arguments { append(argument) }
    }
}

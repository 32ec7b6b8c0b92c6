/// What a new connection says before it is of use, and what it makes of the answers. Pure.
///
/// All steps go out in one write. `PING` is the last of them, since it is refused with `LOADING` while Redis reads its
/// data from disk, also where no other step would be.
struct RedisHandshake {
    private enum Step {
        case auth(username: String?, password: String)
        case select(Int)
        case setName(String)
        case load(RedisScript)
        case ping

        var name: String {
            switch self {
            case .auth: "AUTH"
            case .select: "SELECT"
            case .setName: "CLIENT SETNAME"
            case .load(let script): "SCRIPT LOAD of \(script.name)"
            case .ping: "PING"
            }
        }
    }

    enum Action {
        case wait
        case done
        case fail(RedisError)
    }

    private let steps: [Step]
    private var answered = 0

    init(configuration: RedisConfiguration, scripts: [RedisScript]) {
        var steps: [Step] = []
        if let password = configuration.password {
            steps.append(.auth(username: configuration.username, password: password))
        }
        if configuration.database != 0 { steps.append(.select(configuration.database)) }
        steps.append(.setName(configuration.clientName))
        steps.append(contentsOf: scripts.map { .load($0) })
        steps.append(.ping)
        self.steps = steps
    }

    /// All steps as RESP.
    func encode(into encoder: inout RESPEncoder) {
        for step in steps {
            switch step {
            case .auth(let username, let password):
                encoder.append(command: ["AUTH"] + (username.map { [$0] } ?? []) + [password])
            case .select(let database): encoder.append(command: ["SELECT", String(database)])
            case .setName(let name): encoder.append(command: ["CLIENT", "SETNAME", name])
            case .load(let script): encoder.append(command: ["SCRIPT", "LOAD", script.source])
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
        if case .error(let error) = reply {
            let message = "Redis refused \(step.name): \(error)"
            return .fail(RedisError(.handshakeFailed, message, serverCode: error.code))
        }
        if case .load(let script) = step, reply.string != script.sha1 {
            return .fail(RedisError(.handshakeFailed, "Redis gave \(step.name) another SHA-1"))
        }
        return answered == steps.count ? .done : .wait
    }
}

extension RESPEncoder {
    /// Appends a whole command.
    mutating func append(command arguments: [String]) {
        begin(argumentCount: arguments.count)
        for argument in arguments { append(argument) }
    }
}

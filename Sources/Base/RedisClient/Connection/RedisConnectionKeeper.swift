import NIOCore

/// The owner of the connections that a keeper makes.
protocol RedisConnectionOwner: AnyObject {
    /// A channel is up and has completed its handshake. Called on the loop; the owner adds its handler at once, and
    /// calls `lost()` of the keeper when the channel is gone.
    /// - Parameter runID: the `run_id` of the server, see `RedisChannel`.
    func adopt(_ channel: any Channel, runID: String) throws(RedisError)
    /// An attempt failed; another follows by itself.
    func couldNotConnect(_ error: RedisError)
}

/// Keeps one connection up: the shell around `RedisKeeperStateMachine`. Belongs to one event loop.
final class RedisConnectionKeeper {
    private let connector: RedisConnector
    private let eventLoop: any EventLoop
    private var machine: RedisKeeperStateMachine
    private var timer: Scheduled<Void>?
    /// The owner holds the keeper.
    private weak var owner: (any RedisConnectionOwner)?

    init(connector: RedisConnector, eventLoop: any EventLoop) {
        self.connector = connector
        self.eventLoop = eventLoop
        let configuration = connector.configuration
        machine = RedisKeeperStateMachine(base: configuration.reconnectBase, cap: configuration.reconnectCap)
    }

    func start(for owner: any RedisConnectionOwner) {
        self.owner = owner
        perform(machine.start())
    }

    /// The owner's channel is gone.
    func lost() {
        perform(machine.failed(now: eventLoop.now, draw: .random(in: 0...1)))
    }

    /// Makes no further attempts. The owner closes its channel itself.
    func stop() {
        machine.stop()
        timer?.cancel()
        timer = nil
    }

    private func perform(_ action: RedisKeeperStateMachine.Action, on connected: RedisChannel? = nil) {
        switch action {
        case .connect: connect()
        case .wait(let amount):
            timer = eventLoop.assumeIsolated().scheduleTask(in: amount) { [self] in perform(machine.waited()) }
        case .adopt: if let connected { adopt(connected) }
        case .discard: connected?.channel.close(promise: nil)
        case .nothing: break
        }
    }

    private func connect() {
        connector.connect(on: eventLoop).assumeIsolated().whenComplete { [self] result in
            switch result {
            case .success(let connected): perform(machine.succeeded(now: eventLoop.now), on: connected)
            case .failure(let error): failed(error)
            }
        }
    }

    private func adopt(_ connected: RedisChannel) {
        do throws(RedisError) {
            guard let owner else { throw RedisError(.shutDown, "nobody wants the connection any more") }
            try owner.adopt(connected.channel, runID: connected.runID)
        } catch {
            connected.channel.close(promise: nil)
            failed(error)
        }
    }

    private func failed(_ error: any Error) {
        let error = error as? RedisError ?? RedisError(.connectFailed, "Redis cannot be reached", underlying: error)
        owner?.couldNotConnect(error)
        perform(machine.failed(now: eventLoop.now, draw: .random(in: 0...1)))
    }
}

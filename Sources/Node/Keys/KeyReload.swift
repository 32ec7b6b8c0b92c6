import Logging
import ServiceLifecycle
import Settings
import Signing
import UnixSignals

/// Reads the keys again whenever the process gets SIGHUP: the secrets from the configuration, the key set from its
/// source.
///
/// If the signal says that the process's terminal is gone, the process ends gracefully.
///
/// Only keys change. If the configuration has a problem, nothing is taken from it, and every problem is logged.
public struct KeyReload: Service {
    private let ring: KeyRing
    private let source: KeySetSource?
    private let load: @Sendable () async throws(ConfigurationError) -> NodeConfiguration
    private let logger: Logger

    /// - Parameters:
    ///   - ring: gets the new keys.
    ///   - source: fetches the key set again, if there is one.
    ///   - load: reads the configuration again.
    public init(
        ring: KeyRing, source: KeySetSource?, logger: Logger,
        load: @escaping @Sendable () async throws(ConfigurationError) -> NodeConfiguration
    ) {
        self.ring = ring
        self.source = source
        self.logger = logger
        self.load = load
    }

    /// Serves signals until the service is asked to end.
    public func run() async throws {
        let hangup = Hangup()
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() {
            if hangup.isEndOfTerminal { Hangup.end() } else { await reload() }
        }
    }

    /// Reads the keys again, once.
    public func reload() async {
        source?.refreshSoon()
        let configuration: NodeConfiguration
        do throws(ConfigurationError) {
            configuration = try await load()
        } catch {
            for problem in error.problems {
                logger.error(
                    "The configuration cannot be used; the keys in force stay", metadata: ["problem": "\(problem)"])
            }
            return
        }
        do {
            try ring.replace(secrets: try await KeyRing.Secrets(configuration))
            logger.notice(
                "The keys were read again",
                metadata: [
                    "token_secret": configuration.jwtSecret == nil ? "none" : "set",
                    "token_keys": .array(configuration.tokenKeys.map { "\($0.id)" }),
                    "action_keys": .array(configuration.actionKeys.map { "\($0.id)" }),
                ])
        } catch {
            logger.error("The keys cannot be used; those in force stay", metadata: ["problem": "\(error)"])
        }
    }
}

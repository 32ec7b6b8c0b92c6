import NIOCore

/// Checks the tokens of watchers. Called on the event loops that the gateway was made for; answers from memory.
public protocol WatcherTokens: Sendable {
    /// Checks a token: the three parts, without `Bearer`.
    func check(_ token: [UInt8], on eventLoop: any EventLoop) -> TokenVerdict
    /// Which keys are in force on a loop: another number after every change, nil while there are none.
    func generation(on eventLoop: any EventLoop) -> UInt64?
    /// Milliseconds since 1970.
    var now: Int64 { get }
}

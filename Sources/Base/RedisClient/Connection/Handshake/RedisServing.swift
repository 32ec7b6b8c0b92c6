import NIOCore

/// Decides what an error reply says about the server that sent it. Pure.
package enum RedisServing {
    /// The server serves no connection that was made like this one, and another look (with the name resolved again) may
    /// find one that does. It refused the command without any effect:
    /// - `READONLY`, `UNBLOCKED`: it has become a replica.
    /// - `MASTERDOWN`: it is a replica that has lost its primary, and is set not to answer then.
    /// - `LOADING`: on a connection that was of use before, it takes another server's data over.
    private static let ended: Set<String> = ["READONLY", "UNBLOCKED", "MASTERDOWN", "LOADING"]

    /// This may pass, or never end:
    /// - `NOREPLICAS`: it has too few replicas; it may be a primary that was cut off while another one took over.
    /// - `NOAUTH`: the connection's user is gone. The handshake says more.
    ///
    /// `NOPERM` is not among them: it may be about a command that is only tried.
    private static let doubtful: Set<String> = ["NOREPLICAS", "NOAUTH"]

    /// The age from which a connection is given up for a doubtful reply: at this rate, reconnecting costs nothing.
    package static let doubtfulAfter: TimeAmount = .seconds(5)

    /// Whether a connection of this age is to be given up after an error reply with this code.
    package static func isOver(code: String, age: TimeAmount) -> Bool {
        ended.contains(code) || (age >= doubtfulAfter && doubtful.contains(code))
    }
}

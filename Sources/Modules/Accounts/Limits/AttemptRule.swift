/// How many passwords may be guessed.
///
/// After ``accountFailures`` for an account or ``addressFailures`` from an address, each further failure makes all
/// attempts wait: first for ``firstWait``, then for twice as long each time, up to ``longestWait``. Attempts meanwhile
/// are refused without a look at the password, and do not count. Failures are forgotten if none is added for
/// ``memory`` after the wait.
package struct AttemptRule: Sendable {
    package var accountFailures = 5
    package var addressFailures = 20
    package var firstWait = Duration.seconds(1)
    package var longestWait = Duration.seconds(900)
    package var memory = Duration.seconds(900)

    /// The rule of the contract.
    package init() {}
}

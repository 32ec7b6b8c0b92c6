/// An attempt to log in, or to change a password: whom it counts for.
package struct Attempt: Sendable {
    /// The account that is guessed at, by the name that was given, whether or not there is one.
    package let account: LimitKey
    /// The client; nil if it has no address.
    package let address: LimitKey?

    /// An attempt.
    package init(account: LimitKey, address: LimitKey?) {
        self.account = account
        self.address = address
    }
}

extension HourlyLimit {
    /// Requests of a client for a new password.
    static let resetRequests = HourlyLimit(name: "reset", count: 30)
    /// Mails with a token for a new password to a mailbox, whether or not anybody has it.
    static let resetMails = HourlyLimit(name: "resetmail", count: 5)
    /// Requests of a user for a mail that verifies an address.
    static let verifyRequests = HourlyLimit(name: "verify", count: 5)
    /// Mails that verify an address to a mailbox, whoever claims it.
    static let verifyMails = HourlyLimit(name: "verifymail", count: 5)
}

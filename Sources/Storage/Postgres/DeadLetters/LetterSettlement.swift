/// The commands that settle a dead letter.
public enum LetterCommand: String, Sendable {
    /// Writes the row to the table that refused it.
    case retry
    /// Gives the row up. The ledger gets a correcting row for it.
    case drop
}

/// How a command settled a dead letter.
public enum LetterSettlement: Hashable, Sendable {
    /// The table took the row.
    case written
    /// The ledger has a correcting row for the event.
    case corrected
    /// Nothing had to be written: the table has the row, or a later event replaced it.
    case needless
    /// The score is not in the archive of its period, and stays out.
    case givenUp
    /// There is no such letter any more.
    case gone
    /// The letter stays, for this reason.
    case refused(String)

    /// The name in JSON, and the value of the column `result` of `settled_letters`.
    public var name: String {
        switch self {
        case .written: "written"
        case .corrected: "corrected"
        case .needless: "needless"
        case .givenUp: "given_up"
        case .gone: "gone"
        case .refused: "refused"
        }
    }

    /// Whether the letter moves to `settled_letters`.
    var settles: Bool {
        switch self {
        case .written, .corrected, .needless, .givenUp: true
        case .gone, .refused: false
        }
    }
}

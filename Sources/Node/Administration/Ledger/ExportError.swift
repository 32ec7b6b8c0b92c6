/// Why the ledger cannot be exported.
public enum ExportError: Error, CustomStringConvertible {
    /// The month is not one.
    case month(String)
    /// The retention has dropped the month.
    case dropped(String)
    /// There is a file of this name.
    case exists(String)
    /// The file cannot be written.
    case file(String, String)

    /// What is wrong.
    public var description: String {
        switch self {
        case .month(let text): "\"\(text)\" is not a month, such as 2026-10."
        case .dropped(let month):
            "The month \(month) was dropped from the ledger (SCORECAST_LEDGER_RETENTION). There is nothing to export."
        case .exists(let path): "The file \(path) exists already. It is not overwritten."
        case .file(let path, let reason): "The file \(path) cannot be written: \(reason)."
        }
    }
}

import StrictJSON

/// A node's refusal as text for people. Pure.
public enum RefusalText {
    /// The reason and the remedy.
    ///
    /// - Parameter advice: the remedy for a status and a code, if the command knows a better one than this.
    public static func text(status: Int, body: String, advice: (Int, String) -> String?) -> String {
        let answer = TextTable.value(body)
        var lines = ["Refused with status \(status): \(answer?["message"]?.string ?? body)"]
        for problem in answer?["details"]?.array ?? [] {
            lines.append("  \(problem["field"]?.string ?? "") \(problem["reason"]?.string ?? "")")
        }
        let code = answer?["code"]?.string ?? ""
        if let advice = advice(status, code) ?? common(status: status) { lines.append(advice) }
        return lines.joined(separator: "\n")
    }

    private static func common(status: Int) -> String? {
        switch status {
        case 401:
            "The node does not accept this token. Set SCORECAST_TOKEN to the token of an administrator, or give this "
                + "command the node's SCORECAST_JWT_SECRET. The keys of 'scorecast up' are in its data folder: --data "
                + "FOLDER."
        case 503: "The node cannot do that now: GET /readyz says why."
        default: nil
        }
    }
}

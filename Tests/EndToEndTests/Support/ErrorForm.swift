import Foundation
import TestSupport

/// The form of every refusal.
enum ErrorForm {
    /// Returns what is wrong with a refusal, or nil if it is correct.
    ///
    /// - Parameters:
    ///   - code: the code; nil for any.
    ///   - message: the sentence; nil for any.
    ///   - field: the field that `details` must name; nil if no field is at fault.
    static func fault(
        in answer: TinyHTTP.Response, status: Int, code: String?, message: String? = nil, field: String? = nil
    ) -> String? {
        guard answer.status == status else { return "status \(answer.status) instead of \(status): \(answer.text)" }
        guard isJSON(answer.header("content-type")) else {
            return "Content-Type \(answer.header("content-type") ?? "none")"
        }
        guard let body = try? answer.json else { return "no JSON: \(answer.text)" }
        guard body["status"] == "error" else { return "no status error: \(answer.text)" }
        if let code, body["code"]?.string != code { return "not the code \(code): \(answer.text)" }
        if (body["code"]?.string ?? "").isEmpty { return "no code: \(answer.text)" }
        if let message, body["message"]?.string != message { return "not the message '\(message)': \(answer.text)" }
        if (body["message"]?.string ?? "").isEmpty { return "no message: \(answer.text)" }
        let details = body["details"]
        let expected: Set = ["status", "code", "message"]
        guard body.names.subtracting(["details"]) == expected else { return "other members: \(answer.text)" }
        let names = (details?.array ?? []).compactMap { $0["field"]?.string }
        guard let field else {
            // The whole body may be named if no field is at fault.
            let isFine = details == nil || names == ["body"]
            return isFine ? nil : "details, though no field is at fault: \(answer.text)"
        }
        guard names.contains(field) else { return "details do not name \(field): \(answer.text)" }
        return nil
    }

    static func isJSON(_ contentType: String?) -> Bool {
        let type = contentType?.split(separator: ";").first.map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
        return type == "application/json"
    }
}

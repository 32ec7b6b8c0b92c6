import Foundation
import TestSupport

/// The form that every refusal has.
enum ErrorForm {
    /// What is wrong with a refusal; nil when it is as it must be.
    ///
    /// - Parameters:
    ///   - code: nil for any.
    ///   - message: nil for any sentence.
    ///   - field: the field that `details` must name; nil where no field is at fault.
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
            // The body as a whole may be named, for want of a field.
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

import HTTPKit
import NIOHTTP1

/// The field or fields in which a request shows who sends it.
enum ShownCredential {
    /// Neither of them.
    case none
    /// `Authorization`
    case authorization(String)
    /// `X-API-Key`
    case apiKey(String)
    /// Both of them, which is refused: a proxy might have checked the other one.
    case both

    /// Finds them in one pass. The length of the name rules out nearly all fields.
    init(in headers: HTTPHeaders) {
        var authorization: String?
        var key: String?
        for (name, value) in headers {
            switch name.utf8.count {
            case 13: if authorization == nil, name.isField("authorization") { authorization = value }
            case 9: if key == nil, name.isField("x-api-key") { key = value }
            default: break
            }
        }
        self =
            switch (authorization, key) {
            case (nil, nil): .none
            case (let value?, nil): .authorization(value)
            case (nil, let value?): .apiKey(value)
            case (_?, _?): .both
            }
    }
}

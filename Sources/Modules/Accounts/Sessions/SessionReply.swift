import Basics
import HTTPKit
import NIOHTTP1
import Signing
import StrictJSON

/// What a client gets with a new pair of tokens.
struct SessionReply {
    let account: Account
    let accessToken: String
    let refreshToken: RefreshToken

    /// The answer of a registration or a login.
    func reply(_ status: HTTPResponseStatus) -> Reply {
        .json(status) { json in
            json.beginObject()
            json.key("user")
            account.write(to: &json)
            writeTokens(to: &json)
            json.endObject()
        }
    }

    /// The answer of a refresh.
    var pair: Reply {
        .json { json in
            json.beginObject()
            writeTokens(to: &json)
            json.endObject()
        }
    }

    private func writeTokens(to json: inout JSONWriter<some ByteSink>) {
        json.member("access_token", accessToken)
        json.member("refresh_token", refreshToken.text)
        json.member("expires_in", SessionLife.access.wholeMilliseconds / 1000)
    }
}

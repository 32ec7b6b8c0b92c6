import Testing

/// An identity provider as its documentation describes it: the entries of its key set and the tokens that it makes.
struct DocumentedIssuer: Sendable, CustomTestStringConvertible {
    /// One kind of token.
    struct Sample: Sendable {
        /// The token's header. Its key id is in the set.
        let header: String
        /// The claims, without `role`.
        let claims: String
        /// The user id that a node takes it for.
        let user: String
    }

    /// The heading of its recipe in docs/accounts.md.
    let heading: String
    /// Returns the document of the key set.
    ///
    /// - Parameter members: those of the public key.
    let document: @Sendable (_ members: String) -> String
    let samples: [Sample]

    var testDescription: String { heading }

    static let all = [firebase, auth0, cognito, keycloak]

    /// firebase.google.com/docs/auth/admin/verify-id-tokens, firebase.google.com/docs/rules/rules-and-auth
    static let firebase = DocumentedIssuer(
        heading: "Firebase",
        document: { members in
            #"{"keys":[{\#(members),"use":"sig","alg":"RS256","kid":"95abc2a0b1d7e4c3f0f5c1a7e2d09f36b8f3f411"}]}"#
        },
        samples: [
            Sample(
                header: #"{"alg":"RS256","kid":"95abc2a0b1d7e4c3f0f5c1a7e2d09f36b8f3f411","typ":"JWT"}"#,
                claims: """
                    {"name":"Jane Doe","picture":"https://lh3.googleusercontent.com/a/photo",
                     "iss":"https://securetoken.google.com/my-game","aud":"my-game","auth_time":1789990000,
                     "user_id":"Zk3cN1qXx7eFb0YpV9uWm2sTtA43","sub":"Zk3cN1qXx7eFb0YpV9uWm2sTtA43","iat":1789999000,
                     "exp":1790002600,"email":"jane@example.com","email_verified":true,
                     "firebase":{"identities":{"google.com":["107650118202438459"],"email":["jane@example.com"]},
                                 "sign_in_provider":"google.com"}}
                    """,
                user: "firebase:Zk3cN1qXx7eFb0YpV9uWm2sTtA43"),
            Sample(
                header: #"{"alg":"RS256","kid":"95abc2a0b1d7e4c3f0f5c1a7e2d09f36b8f3f411","typ":"JWT"}"#,
                claims: """
                    {"provider_id":"anonymous","iss":"https://securetoken.google.com/my-game","aud":"my-game",
                     "auth_time":1789999000,"user_id":"mWq0Nn8pTzS4vRcYb1LdKx5uEe62",
                     "sub":"mWq0Nn8pTzS4vRcYb1LdKx5uEe62","iat":1789999000,"exp":1790002600,
                     "firebase":{"identities":{},"sign_in_provider":"anonymous"}}
                    """,
                user: "firebase:mWq0Nn8pTzS4vRcYb1LdKx5uEe62"),
        ])

    /// auth0.com/docs/secure/tokens/access-tokens/access-token-profiles, …/tokens/json-web-tokens/json-web-key-sets
    static let auth0 = DocumentedIssuer(
        heading: "Auth0",
        document: { members in
            """
            {"keys":[{"alg":"RS256","use":"sig",\(members),"kid":"NjVBRjY5MDlCMUIwNzU4RTA2QzZFMDQ4",
              "x5t":"NjVBRjY5MDlCMUIwNzU4RTA2QzZFMDQ4","x5c":["MIIDDTCCAfWgAwIBAgIJAJVkuSv2H8mDMA0"]}]}
            """
        },
        samples: [
            Sample(
                header: """
                    {"alg":"RS256","typ":"JWT","kid":"NjVBRjY5MDlCMUIwNzU4RTA2QzZFMDQ4"}
                    """,
                claims: """
                    {"iss":"https://my-game.eu.auth0.com/","sub":"auth0|5f7c8ec7c33c6c004bbafe82",
                     "aud":["https://scorecast.example.com","https://my-game.eu.auth0.com/userinfo"],
                     "azp":"my_client_id","exp":1790002600,"iat":1789999000,"scope":"openid profile email read:scores",
                     "permissions":["read:scores"],"org_id":"org_9ybsU1dN2dKfDkBi"}
                    """,
                user: "auth0:auth0|5f7c8ec7c33c6c004bbafe82"),
            // Client credentials.
            Sample(
                header: """
                    {"alg":"RS256","typ":"JWT","kid":"NjVBRjY5MDlCMUIwNzU4RTA2QzZFMDQ4"}
                    """,
                claims: """
                    {"iss":"https://my-game.eu.auth0.com/","sub":"my_client_id@clients",
                     "aud":"https://scorecast.example.com","azp":"my_client_id","exp":1790085400,"iat":1789999000,
                     "scope":"read:scores","gty":"client-credentials"}
                    """,
                user: "auth0:my_client_id@clients"),
            // The profile of RFC 9068.
            Sample(
                header: """
                    {"alg":"RS256","typ":"at+jwt","kid":"NjVBRjY5MDlCMUIwNzU4RTA2QzZFMDQ4"}
                    """,
                claims: """
                    {"iss":"https://my-game.eu.auth0.com/","sub":"google-oauth2|107650118202438459",
                     "aud":"https://scorecast.example.com","client_id":"my_client_id","exp":1790002600,
                     "iat":1789999000,"scope":"openid profile","jti":"73WakrfVbNJBaAmhQtEeDv"}
                    """,
                user: "auth0:google-oauth2|107650118202438459"),
        ])

    /// docs.aws.amazon.com/cognito/latest/developerguide: "Understanding the identity (ID) token", "Understanding the
    /// access token". The header has no `typ`, and each kind of token a key of its own.
    static let cognito = DocumentedIssuer(
        heading: "Cognito",
        document: { members in
            """
            {"keys":[{"alg":"RS256",\(members),"kid":"1234example=","use":"sig"},
                     {"alg":"RS256",\(members),"kid":"5678example=","use":"sig"}]}
            """
        },
        samples: [
            Sample(
                header: #"{"kid":"1234example=","alg":"RS256"}"#,
                claims: """
                    {"sub":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee","cognito:groups":["test-group-a","test-group-b"],
                     "email_verified":true,"cognito:preferred_role":"arn:aws:iam::111122223333:role/my-test-role",
                     "iss":"https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example12",
                     "cognito:username":"my-test-user","nonce":"abcdefg",
                     "origin_jti":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
                     "cognito:roles":["arn:aws:iam::111122223333:role/my-test-role"],"aud":"1example23456789",
                     "identities":[{"userId":"amzn1.account.EXAMPLE","providerName":"LoginWithAmazon",
                       "providerType":"LoginWithAmazon","issuer":null,"primary":"true","dateCreated":"1642699117273"}],
                     "event_id":"64f513be-32db-42b0-b78e-b02127b4f463","token_use":"id","auth_time":1789990000,
                     "exp":1790002600,"iat":1789999000,"jti":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
                     "email":"my-test-user@example.com"}
                    """,
                user: "cognito:aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"),
            Sample(
                header: #"{"kid":"5678example=","alg":"RS256"}"#,
                claims: """
                    {"sub":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
                     "device_key":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee","cognito:groups":["testgroup"],
                     "iss":"https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example12","version":2,
                     "client_id":"1example23456789","origin_jti":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
                     "event_id":"64f513be-32db-42b0-b78e-b02127b4f463","token_use":"access",
                     "scope":"phone openid profile resourceserver.1/appclient2 email","auth_time":1789990000,
                     "exp":1790002600,"iat":1789999000,"jti":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
                     "username":"my-test-user"}
                    """,
                user: "cognito:aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"),
        ])

    /// www.keycloak.org/docs/latest/server_admin: an access token, with the set of a realm, which also has a key for
    /// encryption.
    static let keycloak = DocumentedIssuer(
        heading: "Keycloak",
        document: { members in
            """
            {"keys":[{"kid":"qEt0sgwOfbY9m-ySdmsXyIHv3gWT0Q8eZV3h8m5Jf3s",\(members),"alg":"RSA-OAEP","use":"enc",
              "x5c":["MIICmzCCAYMCBgGQ"],"x5t":"dGVzdA","x5t#S256":"dGVzdA"},
             {"kid":"nnniBrxL0qhG79pkF3ccQj_l0jDmxKrYYy2YLlEe1sA",\(members),"alg":"RS256","use":"sig",
              "x5c":["MIICmzCCAYMCBgGQ"],"x5t":"dGVzdA","x5t#S256":"dGVzdA"}]}
            """
        },
        samples: [
            Sample(
                header: #"{"alg":"RS256","typ":"JWT","kid":"nnniBrxL0qhG79pkF3ccQj_l0jDmxKrYYy2YLlEe1sA"}"#,
                claims: """
                    {"exp":1790000300,"iat":1790000000,"auth_time":1789990000,
                     "jti":"onrtac:d58f5dc8-fd8f-462b-8a19-716f8f83985b","iss":"https://id.example.com/realms/game",
                     "aud":["scorecast","account"],"sub":"36fa0f91-f94d-4a0c-afed-6b7d952e47da","typ":"Bearer",
                     "azp":"game-client","sid":"2a88c258-f73a-4103-b862-e1fbd8f4e04e",
                     "session_state":"2a88c258-f73a-4103-b862-e1fbd8f4e04e","acr":"1",
                     "allowed-origins":["https://game.example.com"],
                     "realm_access":{"roles":["default-roles-game","offline_access","uma_authorization","admin"]},
                     "resource_access":{"account":{"roles":["manage-account","view-profile"]}},
                     "scope":"openid email profile","email_verified":true,"name":"Jane Doe",
                     "preferred_username":"jane","given_name":"Jane","family_name":"Doe","email":"jane@example.com"}
                    """,
                user: "keycloak:36fa0f91-f94d-4a0c-afed-6b7d952e47da")
        ])
}

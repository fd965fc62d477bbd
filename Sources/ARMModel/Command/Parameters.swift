package import Redaction

/// A plain parameter of a script: `{name, value}`.
package struct Parameter: Sendable, Hashable {
    package var name: String
    package var value: String
    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// A protected parameter: Azure encrypts its value, and a GET does not show it.
package struct ProtectedParameter: Sendable, Hashable {
    package var name: String
    package var value: Secret
    package init(name: String, value: Secret) {
        self.name = name
        self.value = value
    }
}

/// What is known of requests of ours, by their ids.
struct RequestTable<Value> {
    private var byKey: [RequestIDKey: Value] = [:]

    var count: Int { self.byKey.count }
    var values: some Collection<Value> { self.byKey.values }

    subscript(_ id: String) -> Value? {
        get { self.byKey[RequestIDKey(id)] }
        set { self.byKey[RequestIDKey(id)] = newValue }
    }

    /// - Returns: what was there.
    mutating func remove(_ id: String) -> Value? { self.byKey.removeValue(forKey: RequestIDKey(id)) }
}

extension RequestTable: Sendable where Value: Sendable {}

using Darkroom.Testing.Postgres;

namespace Darkroom.Storage.Tests.Postgres;

/// <summary>For tests that keep to their own batches: those of a class share a database.</summary>
public abstract class SharedDatabaseTest(DatabaseFixture fixture) : StateTest, IClassFixture<DatabaseFixture>
{
    protected override TestDatabase Database => fixture.Database;
}

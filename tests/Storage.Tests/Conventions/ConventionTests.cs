using System.Reflection;
using System.Xml.Linq;
using Darkroom.Storage.Postgres;

namespace Darkroom.Storage.Tests.Conventions;

public sealed class ConventionTests
{
    private static readonly Assembly Storage = typeof(PostgresBatchStore).Assembly;

    [Fact]
    public void PublicTypes_Always_HaveASummary()
    {
        var documented = XDocument.Load(Path.ChangeExtension(Storage.Location, ".xml")).Descendants("member")
            .Where(member => !string.IsNullOrWhiteSpace(member.Element("summary")?.Value))
            .Select(member => member.Attribute("name")!.Value)
            .ToHashSet(StringComparer.Ordinal);
        documented.ShouldNotBeEmpty();
        Storage.GetExportedTypes().Select(type => "T:" + type.FullName!.Replace('+', '.')).Where(name => !documented.Contains(name)).ShouldBeEmpty();
    }

    [Fact]
    public void Statements_Always_BeginWithTheirName()
    {
        var statements = Storage.GetTypes().Where(type => type.Name.EndsWith("Sql", StringComparison.Ordinal))
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public).Where(field => field.IsLiteral && field.FieldType == typeof(string))
                .Select(field => (Name: $"{type.Name[..^3]}.{field.Name}", Text: (string)field.GetRawConstantValue()!)))
            .ToList();
        statements.Count.ShouldBeGreaterThan(30);
        // COPY's text can't begin with a comment: Npgsql takes it as it is.
        statements.Where(statement => !statement.Text.StartsWith($"-- name: {statement.Name}\n", StringComparison.Ordinal) && !statement.Text.StartsWith("copy ", StringComparison.Ordinal))
            .Select(statement => statement.Name).ShouldBeEmpty();
    }

    [Fact]
    public void Storage_Always_KnowsOfOursOnlyJobs() =>
        Storage.GetReferencedAssemblies().Select(name => name.Name!).Where(name => name.StartsWith("Darkroom", StringComparison.OrdinalIgnoreCase)).ShouldBe(["Darkroom.Jobs"]);
}

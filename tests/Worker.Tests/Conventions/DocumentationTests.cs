using System.Xml.Linq;
using Darkroom.Worker.Cli;
using Darkroom.Worker.Tests.Ops;
using Microsoft.AspNetCore.Components;

namespace Darkroom.Worker.Tests.Conventions;

public sealed class DocumentationTests
{
    [Fact]
    public void PublicTypes_OfTheWorker_HaveASummary()
    {
        var assembly = typeof(DarkroomCli).Assembly;
        var summaries = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member")
            .Where(member => !string.IsNullOrWhiteSpace(member.Element("summary")?.Value))
            .Select(member => member.Attribute("name")!.Value)
            .ToHashSet(StringComparer.Ordinal);
        // Components are made from .razor files, whose first line says what they are; see the next test.
        var types = assembly.GetExportedTypes().Where(type => type.Namespace?.StartsWith("Darkroom.", StringComparison.Ordinal) == true)
            .Where(type => !typeof(ComponentBase).IsAssignableFrom(type) && type.Name != "_Imports").ToList();

        types.Count.ShouldBeGreaterThan(20);
        types.Where(type => !summaries.Contains($"T:{type.FullName!.Replace('+', '.')}")).ShouldBeEmpty();
    }

    [Fact]
    public void Components_OfThePages_BeginWithASentence()
    {
        var files = Directory.GetFiles(RepositoryFile.PathOf("src/Worker/Pages"), "*.razor", SearchOption.AllDirectories).Where(file => !file.EndsWith("_Imports.razor", StringComparison.Ordinal)).ToList();

        files.Count.ShouldBeGreaterThan(10);
        files.Where(file => !File.ReadLines(file).First().StartsWith("@* ", StringComparison.Ordinal)).ShouldBeEmpty();
    }
}

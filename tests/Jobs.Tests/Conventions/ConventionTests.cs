using System.Reflection;
using System.Xml.Linq;
using Darkroom.Jobs.Batches;

namespace Darkroom.Jobs.Tests.Conventions;

public sealed class ConventionTests
{
    private const int MaxLines = 300;
    private static readonly Assembly Jobs = typeof(Batch).Assembly;

    [Fact]
    public void PublicTypes_Always_HaveASummary()
    {
        var documented = XDocument.Load(Path.ChangeExtension(Jobs.Location, ".xml")).Descendants("member")
            .Where(member => !string.IsNullOrWhiteSpace(member.Element("summary")?.Value))
            .Select(member => member.Attribute("name")!.Value)
            .ToHashSet(StringComparer.Ordinal);
        documented.ShouldNotBeEmpty();
        Jobs.GetExportedTypes().Select(type => "T:" + type.FullName!.Replace('+', '.')).Where(name => !documented.Contains(name)).ShouldBeEmpty();
    }

    [Fact]
    public void Jobs_Always_KnowsNoDatabaseCloudOrEngine()
    {
        string[] forbidden = ["Npgsql", "Azure", "Hangfire", "Quartz", "Darkroom", "Microsoft.AspNetCore"];
        var references = Jobs.GetReferencedAssemblies().Select(name => name.Name!).ToList();
        references.ShouldContain("Microsoft.Extensions.Options");
        references.Where(name => forbidden.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))).ShouldBeEmpty();
    }

    [Fact]
    public void SourceFiles_Always_AreShort()
    {
        var separator = Path.DirectorySeparatorChar;
        var files = Directory.EnumerateFiles(Path.Combine(Root(), "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{separator}obj{separator}", StringComparison.Ordinal)).ToList();
        files.Count.ShouldBeGreaterThan(100);
        files.Where(file => File.ReadLines(file).Count() > MaxLines).ShouldBeEmpty();
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Worker.sln"))) return folder.FullName;
        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds Worker.sln.");
    }
}

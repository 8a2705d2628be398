using System.Globalization;
using Darkroom.Jobs.Editing;
using Darkroom.Jobs.Manifests.Reading;
using Darkroom.Jobs.Models;

namespace Darkroom.Jobs.Manifests.Planning;

/// <summary>Makes an item of a row: defaults under it, template rendered, everything checked that holds for every model.</summary>
internal sealed class ItemPlanner(BatchDefaults defaults, ImageSources sources, IReadOnlyList<IItemCheck> checks)
{
    private readonly RowOptions _noOptions = RowOptions.None();
    private readonly UniqueNames _names = new();
    private readonly Prompts _prompts = new(defaults.Prompt);
    private readonly DefaultSources _defaultSources = new(defaults, sources);

    /// <summary>What is wrong with the command line's flags and with the default prompt, which no one row is to blame for.</summary>
    public IEnumerable<FieldFault> FaultsOfDefaults(BatchDefaults flags)
    {
        foreach (var fault in _defaultSources.Faults) yield return fault;
        if (_prompts.DefaultFault is { } reason) yield return new FieldFault("prompt", reason);
        foreach (var (name, value) in flags.Options.Values)
            if (EditParameters.FaultOf(name, value) is { } fault) yield return new FieldFault($"options.{name}", fault);
    }

    /// <summary>Which variables of rows prompts take.</summary>
    public VariableUse Variables => _prompts.Variables;

    /// <summary>Plans a row. What is wrong with it is added to its faults, and then there is no item.</summary>
    public PlannedItem? Plan(ManifestRow row, int ordinal)
    {
        if (row.IsBroken) return null;
        var key = row.Id ?? (ordinal + 1).ToString(CultureInfo.InvariantCulture);
        var images = Images(row, out var sizes);
        var mask = row.Mask is { } source ? Reference(source, row, "mask") : _defaultSources.Mask;
        var options = Options(row);
        var prompt = _prompts.Render(row, key);
        var tags = Tags(row);
        var output = Name(row, key, ordinal, options, tags);
        if (row.Faults.Count > 0 || prompt is null || output is null) return null;

        if (mask is not null && sources.MaskFault(images[0], mask) is { } fault)
        {
            row.Fault("mask", fault);
            return null;
        }

        var item = new PlannedItem(ordinal, key, new EditInput(images, mask), prompt, options, output, tags) { Line = row.Line, ImageSizes = sizes ?? [] };
        foreach (var check in checks) row.Faults.AddRange(check.Check(item));
        return row.Faults.Count > 0 ? null : item;
    }

    private IReadOnlyList<ImageReference> Images(ManifestRow row, out ImageSize?[]? sizes)
    {
        sizes = null;
        if (row.ImageField is null && _defaultSources.Images.Count > 0) return _defaultSources.Images;
        if (row.Images.Count is < 1 or > 16)
        {
            var reason = row.Images.Count == 0 ? "an item needs 1 to 16 images, and this one has none" : $"an item takes 1 to 16 images, not {row.Images.Count}";
            row.Fault(row.ImageField ?? "images", reason);
            return [];
        }

        var images = new ImageReference[row.Images.Count];
        for (var i = 0; i < images.Length; i++)
        {
            if (row.Images[i].Form == SourceForm.Faulty) continue;
            if (sources.Resolve(row.Images[i], out var fault) is { } image) images[i] = image;
            else row.Fault(row.NameOfImage(i), fault!);
            if (images[i]?.Kind == ImageReferenceKind.LocalPath) (sizes ??= new ImageSize?[images.Length])[i] = sources.SizeOf(images[i]);
        }

        return images;
    }

    private ImageReference? Reference(SourceText source, ManifestRow row, string field)
    {
        if (source.Form == SourceForm.Faulty) return null;
        var image = sources.Resolve(source, out var reason);
        if (image is null) row.Fault(field, reason!);
        return image;
    }

    private EditOptions Options(ManifestRow row)
    {
        var own = row.Options ?? _noOptions;
        var merged = own.Over(defaults.Options);
        row.Faults.AddRange(own.MergedFaults);
        return merged;
    }

    private IReadOnlyDictionary<string, string> Tags(ManifestRow row) => row.Tags?.Over(defaults.Tags) ?? defaults.Tags;

    private string? Name(ManifestRow row, string key, int ordinal, EditOptions options, IReadOnlyDictionary<string, string> tags)
    {
        if (key.Length is < 1 or > 200 || key.AsSpan().ContainsAnyInRange('\0', '\u001F') || key.AsSpan().ContainsAnyInRange('\u007F', '\u009F'))
        {
            row.Fault("id", "must be 1 to 200 characters without control characters");
            return null;
        }

        var derived = OutputNames.FromId(key);
        if (_names.TakeId(derived, row.Line) is var first and > 0)
        {
            var what = row.Id is null ? ", which is this row's number; give this row an id too" : " too; ids must differ";
            row.Fault("id", $"line {first} has the id \"{key}\"{what}");
            return null;
        }

        if (row.Output is not null && OutputNames.FaultOf(row.Output) is { } reason)
        {
            row.Fault("output", reason);
            return null;
        }

        var output = row.Output ?? Rendered(row, key, ordinal, options, tags, derived);
        if (output is null) return null;
        if (_names.TakeOutput(output, row.Line, out var isSame) is var taken and > 0)
        {
            row.Fault("output", isSame
                ? $"line {taken} has the output name \"{ManifestRow.Short(output)}\" too; its images would be in the same place"
                : $"line {taken} has the output name \"{ManifestRow.Short(output)}\" but for upper and lower case or the form of its accents; Windows and macOS would keep the images of one of them only");
            return null;
        }

        return output;
    }

    // A row's own name stands over the template, as rows stand over defaults everywhere.
    private string? Rendered(ManifestRow row, string key, int ordinal, EditOptions options, IReadOnlyDictionary<string, string> tags, string derived)
    {
        if (defaults.OutputTemplate is not { } template) return derived;
        var name = template.Render(key, ordinal + 1, options.Model ?? "", tags, out var fault);
        if (name is null) row.Fault("output", $"its name by the template {fault}");
        return name;
    }
}

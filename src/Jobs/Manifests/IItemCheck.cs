namespace Darkroom.Jobs.Manifests;

/// <summary>A further rule that planned items must keep, such as what their model takes. Called for every item, so cheap when nothing is wrong.</summary>
public interface IItemCheck
{
    /// <summary>What is wrong with an item that is otherwise in order; empty when nothing is.</summary>
    IEnumerable<FieldFault> Check(PlannedItem item);
}

namespace Darkroom.Worker.Progress;

/// <summary>Where progress of one line is shown.</summary>
public interface ILineView : IDisposable
{
    /// <summary>Shows how it stands; the last one stays when the view is disposed.</summary>
    /// <param name="line">In words.</param>
    /// <param name="share">How much is done, 0 to 1; null when that isn't known.</param>
    void Show(string line, double? share = null);
}

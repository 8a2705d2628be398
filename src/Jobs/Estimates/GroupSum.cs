using Darkroom.Jobs.Costs;

namespace Darkroom.Jobs.Estimates;

/// <summary>The growing sum of items that are alike.</summary>
internal sealed class GroupSum(EstimateKey key)
{
    private int _first = -1;
    private long _items;
    private long _images;
    private long _inputImages;
    private TokenUsage _expected;
    private TokenUsage _worst;
    private decimal _expectedUsd;
    private decimal _worstUsd;
    private long _unpriced;

    public void Add(int ordinal, int images, int inputImages, CallEstimate call)
    {
        if (_items++ == 0) _first = ordinal;
        _images += images;
        _inputImages += inputImages;
        _expected += call.Expected;
        _worst += call.Worst;
        if (call.Cost is { Expected: { } expected, Worst: { } worst })
        {
            _expectedUsd += expected;
            _worstUsd += worst;
        }
        else
        {
            _unpriced++;
        }
    }

    public GroupEstimate ToEstimate() => new(key, _first, new EstimateSum(_items, _images, _inputImages, _expected, _worst, _expectedUsd, _worstUsd, _unpriced));
}

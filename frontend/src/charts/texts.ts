// Texts that the charts ask their host for and that neither they nor stardust carry.

export const LANGUAGE = "en-US";

const TEXTS: Record<string, string> = {
  "Accessibility.Normal.Instructions": "Press Enter to explore the chart, Escape to leave it.",
  "Accessibility.Selected.Instructions": "Press Enter to confirm the selection, Escape to cancel it.",
  "Accessibility.Popover.Instructions": "Use the Tab key to move through the details, Escape to close them.",
  "Accessibility.Object.NoTitle": "Chart without a title",
  "Object.Disclaimer.NoDataExist": "There is no data for the current selections.",
  "Object.Disclaimer.LimitedData": "Only a part of the data is shown.",
  "Object.Disclaimer.OnlyNanData": "The current selections leave no numbers to draw.",
  "Object.Disclaimer.OnlyNanColor": "The colour expression gives no numbers.",
  "Object.Disclaimer.NegativeValues": "Negative values cannot be shown here.",
  "Object.Disclaimer.NegativeOrZeroValues": "Negative values and zeros cannot be shown here.",
  "Object.Disclaimer.OnlyNegativeValues": "There are only negative values, which cannot be shown here.",
  "Object.Disclaimer.OnlyNegativeOrZeroValues": "There are only negative values or zeros, which cannot be shown here.",
  "Object.Disclaimer.DataRangeIncludingZero": "A logarithmic axis cannot show a range with zero in it.",
  "Object.ListBox": "List box",
  "Object.Table": "Table",
  "Object.Table.Totals": "Totals",
  "Object.GridChart.Symbol": "Symbol",
  "Tooltip.ToggleOnLassoSelection": "Select with a lasso",
  "Tooltip.ToggleOffLassoSelection": "Stop selecting with a lasso",
  "Tooltip.dimensions.cyclic": "Cyclic dimension",
  "Tooltip.dimensions.cyclicGroup": "Cyclic group",
  "Visualizations.Descriptions.Bar": "Bars",
  "Visualizations.Descriptions.Line": "Lines",
  "Visualizations.Descriptions.HeightLine": "Height",
  "Visualizations.Descriptions.Point": "Points",
  "Visualizations.Descriptions.Slice": "Slices",
  "Visualizations.Descriptions.Angle": "Angle",
  "Visualizations.Descriptions.Column": "Columns",
  "Visualizations.Descriptions.KPI.FirstMeasure": "First number",
  "Visualizations.Descriptions.KPI.SecondMeasure": "Second number",
  "Visualizations.Descriptions.Bubble": "Points",
  "Visualizations.Descriptions.Size": "Size",
  "Visualizations.Descriptions.Box": "Boxes",
  "Visualizations.Descriptions.Row": "Rows",
  "Visualizations.Descriptions.Values": "Values",
  "Visualization.Histogram.MeasureAxisLabel": "Frequency",
  "Visualization.Incomplete": "This chart is not complete yet",
  "Visualization.Invalid.Dimension": "Invalid dimension",
  "Visualization.Invalid.Measure": "Invalid measure",
  "Visualization.LayoutError": "This chart cannot be calculated",
  "Visualization.UnfulfilledCalculationCondition": "The calculation condition is not met",
  "Bookmarks.SheetMissingDialogTitle": "The sheet does not exist",
  "Common.Auto": "Automatic",
  "Common.Bottom": "Bottom",
  "Common.Center": "Centre",
  "Common.Columns": "Columns",
  "Common.Custom": "Custom",
  "Common.Data": "Data",
  "Common.Dimension": "Dimension",
  "Common.Expression": "Expression",
  "Common.Field": "Field",
  "Common.Horizontal": "Horizontal",
  "Common.Label": "Label",
  "Common.Large": "Large",
  "Common.Max": "Maximum",
  "Common.Measure": "Measure",
  "Common.Measures": "Measures",
  "Common.Medium": "Medium",
  "Common.None": "None",
  "Common.Position": "Position",
  "Common.Show": "Show",
  "Common.Small": "Small",
  "Common.Top": "Top",
  "Object.ChartTooltip.NMore": "and {0} more",
  "Object.ChartTooltip.sumOfNegatives": "Sum of the negative values",
  "Object.ChartTooltip.sumOfPositives": "Sum of the positive values",
  "Object.Disclaimer.RequireNumericDimension": "The field holds no numbers.",
  "properties.compression.providingOverviewOf": "An overview: darker squares hold more points.",
  "properties.boxplot.calculationMode.tukey.elements.firstWhisker": "Lower whisker",
  "properties.boxplot.calculationMode.tukey.elements.boxStart": "First quartile",
  "properties.boxplot.calculationMode.tukey.elements.boxMiddle": "Median",
  "properties.boxplot.calculationMode.tukey.elements.boxEnd": "Third quartile",
  "properties.boxplot.calculationMode.tukey.elements.lastWhisker": "Upper whisker",
  "properties.distributionPlot.max": "Largest",
  "properties.distributionPlot.min": "Smallest",
  "waterfall.legend.positiveValue.label": "Increase",
  "waterfall.legend.negativeValue.label": "Decrease",
  "waterfall.legend.subtotal.label": "Subtotal",
  "Simple.Color.Auto": "Automatic",
};

interface Translator {
  add(item: { id: string; locale: Record<string, string> }): void;
  get(id: string, values?: string[]): string;
}

/** A chart brings texts of its own, and registers them only where this one is not known yet. */
const PROBE = "Object.Disclaimer.LimitedData";

export function supplyTexts(translator: Translator): void {
  for (const [id, text] of Object.entries(TEXTS)) translator.add({ id, locale: { [LANGUAGE]: text } });
}

/** The translator as a chart meets it that comes first: otherwise only the first chart's own texts would be known. */
export function unspoiled<T extends Translator>(translator: T): T {
  let isAsked = false;
  const get = (id: string, values?: string[]) => {
    if (id !== PROBE || isAsked) return translator.get(id, values);
    isAsked = true;
    return id;
  };
  return { ...translator, get };
}

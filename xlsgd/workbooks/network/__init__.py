"""The workbook `network.xlsx`: from the line to the network, a sheet for each idea of the lessons."""

TITLE = "From the line to the network"
